import { StoreException } from './exception.ts'
import type { Connection } from './engine.ts'
import type { StoreRequest } from './request.ts'

export interface Sessions {
  /**
   * Lends the connection of a named session, which serves one query at a time; it is made when the session is new.
   * Throws 372 SESSION_NOT_FOUND and 373 SESSION_IS_LOCKED.
   */
  lease (owner: string, session: NonNullable<StoreRequest['session']>): { connection: Connection, release: () => void }
  close (): void
}

interface Held { connection: Connection, busy: boolean, timer?: NodeJS.Timeout }

/**
 * Named sessions (`session_id`): settings, current database and temporary tables that outlive a request, until the
 * session was idle for its timeout. Users cannot see each other's sessions.
 */
export function createSessions (connect: () => Connection): Sessions {
  const sessions = new Map<string, Held>()
  const expire = (key: string): void => {
    sessions.get(key)?.connection.close()
    sessions.delete(key)
  }
  return {
    lease: (owner, { id, seconds, mustExist }) => {
      const key = `${owner}\n${id}`
      if (mustExist && !sessions.has(key)) throw new StoreException('SESSION_NOT_FOUND', `Session ${id} not found`)
      const held = sessions.get(key) ?? { connection: connect(), busy: false }
      if (held.busy) throw new StoreException('SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`)
      clearTimeout(held.timer)
      held.busy = true
      sessions.set(key, held)
      const release = (): void => {
        held.busy = false
        held.timer = setTimeout(expire, seconds * 1000, key).unref()
      }
      return { connection: held.connection, release }
    },
    close: () => {
      for (const held of sessions.values()) clearTimeout(held.timer)
      for (const key of [...sessions.keys()]) expire(key)
    },
  }
}
