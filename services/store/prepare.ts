import { writeFile } from 'node:fs/promises'
import type { Connection } from './engine.ts'
import type { ExternalTable } from './multipart.ts'
import type { StoreRequest } from './request.ts'
import type { Spool } from './spool.ts'
import { readStatement } from './statement.ts'

/** The engine's setting `readonly`: 0 = may change everything, 1 = nothing, 2 = only settings. */
export type ReadOnly = 0 | 1 | 2

export interface Preparation {
  request: StoreRequest
  /** Settings for every query, unless the request has others. */
  defaults: Record<string, string | number | boolean>
  tables: ExternalTable[]
  readOnly: ReadOnly
}

/**
 * Brings a connection to what a request asks for: its database, settings, parameters and external tables, and at last
 * `readonly`, which forbids the rest.
 */
export async function prepare (connection: Connection, { request, defaults, tables, readOnly }: Preparation, spool: Spool): Promise<void> {
  if (request.database !== undefined) await connection.run(`USE ${quoteName(request.database)}`)
  const params = Object.entries(request.params).map(([name, value]): [string, string] => [`param_${name}`, value])
  const pairs = [...Object.entries({ ...defaults, ...request.settings }), ...params]
  if (pairs.length > 0) await connection.run(`SET ${pairs.map(([name, value]) => `${quoteName(name)} = ${quoteText(String(value))}`).join(', ')}`)
  for (const table of tables) await load(connection, table, spool)
  if (readOnly > 0) await connection.run(`SET readonly = ${readOnly}`)
}

async function load (connection: Connection, table: ExternalTable, spool: Spool): Promise<void> {
  const create = `CREATE TEMPORARY TABLE ${table.name} (${table.structure}) ENGINE = Memory`
  // The structure is the client's text: it must not smuggle in what a statement may not hold.
  readStatement(create)
  const path = spool.path()
  try {
    await writeFile(path, table.content, { mode: 0o600 })
    await connection.run(create)
    if (table.content.length > 0) await connection.run(`INSERT INTO ${table.name} FROM INFILE '${path}' COMPRESSION 'none' FORMAT ${table.format}`)
  } finally {
    await spool.discard(path)
  }
}

function quoteName (name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``
}

function quoteText (text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
