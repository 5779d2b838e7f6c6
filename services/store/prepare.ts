import type { Parser } from './authorize/parser.ts'
import { knownFormat } from './authorize/statement.ts'
import type { Connection } from './engine.ts'
import { StoreException } from './exception.ts'
import type { ExternalTable } from './multipart.ts'
import { assignments, quoteName } from './quote.ts'
import type { StoreRequest } from './request.ts'
import { literalsOnly } from './values.ts'

/** The engine's setting `readonly`: 0 = may change everything, 1 = nothing, 2 = only settings. */
export type ReadOnly = 0 | 1 | 2

export interface Preparation {
  request: StoreRequest
  /** Settings for the query: those of the store, of the request, and the limits of its user. */
  settings: Record<string, string | number | boolean>
  tables: ExternalTable[]
  readOnly: ReadOnly
}

/**
 * Brings a connection to what a request asks for: its database, settings and external tables, and at last `readonly`,
 * which forbids the rest.
 */
export async function prepare (connection: Connection, preparation: Preparation, parser: Parser): Promise<void> {
  const { request, settings, tables, readOnly } = preparation
  if (request.database !== undefined) await connection.run(`USE ${quoteName(request.database)}`)
  await set(connection, settings, '')
  for (const table of tables) await load(connection, table, parser)
  if (readOnly > 0) await connection.run(`SET readonly = ${readOnly}`)
}

/** Sets the values of `{name:Type}` placeholders; `readonly` does not forbid that. */
export async function bind (connection: Connection, params: StoreRequest['params']): Promise<void> {
  await set(connection, params, 'param_')
}

async function set (connection: Connection, values: Record<string, string | number | boolean>, prefix: string): Promise<void> {
  if (Object.keys(values).length > 0) await connection.run(`SET ${assignments(values, prefix)}`)
}

/** The structure is the client's text: it is read as the statement that it becomes. */
async function load (connection: Connection, { name, structure, format, path }: ExternalTable, parser: Parser): Promise<void> {
  const create = await parser.read(`CREATE TEMPORARY TABLE ${name} (${structure}\n) ENGINE = Memory`, {})
  if (create.kind !== 'command') throw new StoreException('BAD_ARGUMENTS', `External table ${name}: its structure cannot be read`)
  const known = knownFormat(format, parser.registry)
  await connection.run(create.text)
  await connection.run(`INSERT INTO ${name} FROM INFILE '${path}' COMPRESSION 'none' SETTINGS ${assignments(literalsOnly)} FORMAT ${known}`)
}
