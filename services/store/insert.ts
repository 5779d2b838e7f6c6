import type { Insert } from './authorize/statement.ts'
import type { Data } from './body.ts'
import type { Connection, Outcome } from './engine.ts'
import { StoreException } from './exception.ts'
import { assignments } from './quote.ts'

/** Settings of an INSERT of data: `before` may be changed by its own SETTINGS clause, `after` may not. */
export interface InsertSettings { before: Record<string, string>, after: Record<string, string> }

/**
 * Inserts spooled data. The engine parses it as it would a client's: formats, compression, defaults of columns and all
 * settings (also those for deduplication) are the engine's own. Rows and bytes of the outcome are what was written.
 */
export async function insertData (connection: Connection, insert: Insert, data: Data, settings: InsertSettings): Promise<Outcome> {
  const sql = `${insert.head}\nFROM INFILE '${data.path}' COMPRESSION '${data.encoding}'\n${merge(settings, insert.settings)}\nFORMAT ${insert.format}`
  try {
    return await connection.run(sql)
  } catch (error) {
    if (error instanceof StoreException && error.message.startsWith('Interpreting expressions is disabled')) throw new StoreException('ACCESS_DENIED', onlyLiterals)
    throw error instanceof StoreException ? new StoreException(error.type, hidePath(error.message, data.path), error.code) : error
  }
}

const onlyLiterals = 'These Values may hold literals only, as they are too long for the engine to read their expressions first, or no rows of a SELECT: ' +
  'send fewer rows at once, or use another format, such as JSONEachRow or TabSeparated'

/** What differs from one insert to the next: it goes into the statement, so that their connection can be used again. */
export function ownSettings (settings: Record<string, string>): [own: Record<string, string>, others: Record<string, string>] {
  const { insert_deduplication_token: token, ...others } = settings
  return token === undefined ? [{}, others] : [{ insert_deduplication_token: token }, others]
}

/** The last of several values for a setting is the one that counts. */
function merge ({ before, after }: InsertSettings, clause: string): string {
  const all = [assignments(before), clause.replace(/^SETTINGS\s*/i, '').trim(), assignments(after)].filter((part) => part !== '')
  return all.length === 0 ? '' : `SETTINGS ${all.join(', ')}`
}

/** The path is ours and means nothing to who sent the data. */
function hidePath (message: string, path: string): string {
  return message.replaceAll(`: (in file/uri ${path})`, '').replaceAll(path, 'the body')
}
