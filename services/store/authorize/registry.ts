import { allowedNames } from '../allowed.ts'
import type { Connection } from '../engine.ts'

/** What the names of the engine mean for a statement; names of functions are compared without regard to case. */
export interface Registry {
  /** Functions and table functions that the engine has and a statement may not call. */
  isForbiddenFunction (name: string): boolean
  /** In FROM and the like; a name that the engine does not have is that of a view with parameters. */
  isForbiddenTableFunction (name: string): boolean
  isEngine (name: string): boolean
  /** Table and database engines that the engine has and a statement may not name. */
  isForbiddenEngine (name: string): boolean
  /** The engine's spelling of a format that may be used, or undefined. */
  formatNamed (name: string): string | undefined
}

/** Asks the engine for all that it has: what is not on a list is forbidden, also what a later version brings. */
export async function readRegistry (connection: Connection): Promise<Registry> {
  const list = async (query: string): Promise<string[]> => Buffer.from((await connection.run(query, 'TSVRaw')).output).toString().trim().split('\n')
  const functions = await list('SELECT name FROM system.functions')
  const tableFunctions = await list('SELECT name FROM system.table_functions')
  const engines = await list('SELECT name FROM system.table_engines UNION ALL SELECT name FROM system.database_engines')
  const forbiddenTables = without(lower(tableFunctions), allowedNames.table_functions)
  const forbidden = without(lower([...functions, ...tableFunctions]), [...allowedNames.functions, ...allowedNames.table_functions])
  const allowedEngines = new Set([...allowedNames.table_engines, ...allowedNames.database_engines])
  const forbiddenEngines = lower(engines.filter((name) => !allowedEngines.has(name)))
  const formats = new Map(allowedNames.formats.map((name) => [name.toLowerCase(), name]))
  return {
    isForbiddenFunction: (name) => forbidden.has(name.toLowerCase()),
    isForbiddenTableFunction: (name) => forbiddenTables.has(name.toLowerCase()) || forbidden.has(name.toLowerCase()),
    isEngine: (name) => allowedEngines.has(name),
    isForbiddenEngine: (name) => forbiddenEngines.has(name.toLowerCase()),
    formatNamed: (name) => formats.get(name.toLowerCase()),
  }
}

function without (names: Set<string>, allowed: readonly string[]): Set<string> {
  for (const name of lower(allowed)) names.delete(name)
  return names
}

function lower (names: readonly string[]): Set<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}
