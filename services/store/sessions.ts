import { StoreException } from './exception.ts'
import type { Connection } from './engine.ts'
import type { StoreRequest } from './request.ts'

/** What a session keeps from one query to the next. */
export interface Held {
  /** Of users who may change something: with settings and temporary tables. */
  connection?: Connection | undefined
  /** The database that a read-only user has chosen; nothing else of theirs is kept. */
  database?: string | undefined
}

export interface Sessions {
  /**
   * Lends what a named session holds, which serves one query at a time; it is made when the session is new.
   * Throws 372 SESSION_NOT_FOUND, 373 SESSION_IS_LOCKED, and 202 for more sessions than one user may have.
   */
  lease (owner: string, session: NonNullable<StoreRequest['session']>): { held: Held, release: () => void }
  close (): void
}

interface Entry { owner: string, held: Held, busy: boolean, timer?: NodeJS.Timeout }

const mostOfOne = 100

/**
 * Named sessions (`session_id`): settings, current database and temporary tables that outlive a request, until the
 * session was idle for its timeout. Users cannot see each other's sessions.
 */
export function createSessions (): Sessions {
  const sessions = new Map<string, Entry>()
  const expire = (key: string): void => {
    sessions.get(key)?.held.connection?.close()
    sessions.delete(key)
  }
  return {
    lease: (owner, { id, seconds, mustExist }) => {
      const key = `${owner}\n${id}`
      const known = sessions.get(key)
      if (known?.held.connection?.alive === false) expire(key)
      if (mustExist && !sessions.has(key)) throw new StoreException('SESSION_NOT_FOUND', `Session ${id} not found`)
      const entry = sessions.get(key) ?? { owner, held: {}, busy: false }
      if (entry.busy) throw new StoreException('SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`)
      if (!sessions.has(key) && [...sessions.values()].filter((other) => other.owner === owner).length >= mostOfOne) {
        throw new StoreException('TOO_MANY_SIMULTANEOUS_QUERIES', `Too many sessions of this user: ${mostOfOne}`)
      }
      clearTimeout(entry.timer)
      entry.busy = true
      sessions.set(key, entry)
      const release = (): void => {
        entry.busy = false
        entry.timer = setTimeout(expire, seconds * 1000, key).unref()
      }
      return { held: entry.held, release }
    },
    close: () => {
      for (const entry of sessions.values()) clearTimeout(entry.timer)
      for (const key of [...sessions.keys()]) expire(key)
    },
  }
}
