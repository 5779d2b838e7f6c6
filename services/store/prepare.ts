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
 * Brings a connection to what a request asks for: its database, settings and external tables, and at last `readonly`,
 * which forbids the rest.
 */
export async function prepare (connection: Connection, { request, defaults, tables, readOnly }: Preparation, spool: Spool): Promise<void> {
  if (request.database !== undefined) await connection.run(`USE ${quoteName(request.database)}`)
  await set(connection, { ...defaults, ...request.settings }, '')
  for (const table of tables) await load(connection, table, spool)
  if (readOnly > 0) await connection.run(`SET readonly = ${readOnly}`)
}

/** Sets the values of `{name:Type}` placeholders; `readonly` does not forbid that. */
export async function bind (connection: Connection, params: StoreRequest['params']): Promise<void> {
  await set(connection, params, 'param_')
}

/** Settings in the form of a SETTINGS clause, without the word. */
export function assignments (settings: Record<string, string | number | boolean>, prefix = ''): string {
  return Object.entries(settings).map(([name, value]) => `${quoteName(`${prefix}${name}`)} = ${quoteText(String(value))}`).join(', ')
}

async function set (connection: Connection, values: Record<string, string | number | boolean>, prefix: string): Promise<void> {
  if (Object.keys(values).length > 0) await connection.run(`SET ${assignments(values, prefix)}`)
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
