import type { Statement } from './authorize/statement.ts'
import type { Connection } from './engine.ts'
import type { Preparation } from './prepare.ts'

export interface Pool {
  /** A connection that was prepared for the same key before, or undefined. */
  take (key: string): Connection | undefined
  /** Keeps a connection for the next query with the same key. */
  keep (key: string, connection: Connection): void
  close (): void
}

const most = 16

/**
 * Idle connections by what was set on them. A connection costs little, but chDB destroys closed ones only when nothing
 * at all runs: beside a long query, one for each request would pile up.
 */
export function createPool (): Pool {
  const idle: Array<{ key: string, connection: Connection }> = []
  return {
    take: (key) => {
      const at = idle.findLastIndex((item) => item.key === key && item.connection.alive)
      return at < 0 ? undefined : idle.splice(at, 1)[0]?.connection
    },
    keep: (key, connection) => {
      idle.push({ key, connection })
      if (idle.length > most) idle.shift()?.connection.close()
    },
    close: () => { for (const { connection } of idle.splice(0)) connection.close() },
  }
}

/**
 * What a connection must have in common with an earlier query to serve this one; undefined when the query leaves
 * something behind, or could see what an earlier one left: a command, external tables, a parameter that is not given.
 */
export function poolKey (statement: Statement, { request, settings, tables, readOnly }: Preparation): string | undefined {
  const params = Object.keys(request.params)
  if (tables.length > 0 || statement.kind === 'command') return undefined
  if (statement.kind === 'insert' && params.length > 0) return undefined
  if (params.length > 0 && !statement.params.every((name) => params.includes(name))) return undefined
  return JSON.stringify([readOnly, params.length > 0, request.database ?? '', settings])
}
