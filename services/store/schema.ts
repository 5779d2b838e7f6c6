import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../runtime/package.ts'
import { tokenize } from './tokens.ts'

/** One file of `schema/`: plain SQL for the database `gatelens` on a single server. */
export interface SchemaFile { version: number, name: string, sql: string, checksum: string }

/** Reads the schema files in the order of their numbers; 0 is what the others are recorded in. */
export function readSchema (folder = join(packageRoot, 'services/store/schema')): SchemaFile[] {
  return readdirSync(folder).filter((name) => name.endsWith('.sql')).sort().map((name) => toSchemaFile(name, readFileSync(join(folder, name), 'utf8')))
}

/** What a text says as the schema file `name`, which begins with four digits. */
export function toSchemaFile (name: string, sql: string): SchemaFile {
  return { version: Number(name.slice(0, 4)), name, sql, checksum: checksumOf(sql) }
}

/** Cuts a file into statements, without comments around them and without semicolons. */
export function splitStatements (sql: string): string[] {
  const statements: string[] = []
  let start: number | undefined
  let end = 0
  for (const token of tokenize(sql)) {
    if (token.text === ';' && token.kind === 'symbol') {
      if (start !== undefined) statements.push(sql.slice(start, end))
      start = undefined
    } else {
      start ??= token.start
      end = token.end
    }
  }
  return start === undefined ? statements : [...statements, sql.slice(start, end)]
}

/** Comments and white space may change without making another version of the file. */
function checksumOf (sql: string): string {
  const hash = createHash('sha256')
  for (const token of tokenize(sql)) hash.update(`${token.text}\n`)
  return hash.digest('hex')
}
