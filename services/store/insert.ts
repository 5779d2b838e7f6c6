import type { Data } from './body.ts'
import type { Connection, Outcome } from './engine.ts'
import { StoreException } from './exception.ts'
import { assignments } from './prepare.ts'
import type { Insert } from './statement.ts'

/**
 * Inserts spooled data. The engine parses it as it would a client's: formats, compression, defaults of columns and all
 * settings (also those for deduplication) are the engine's own. Rows and bytes of the outcome are what was written.
 */
export async function insertData (connection: Connection, insert: Insert, data: Data, settings: Record<string, string>): Promise<Outcome> {
  if (!/^\w+$/.test(insert.format)) throw new StoreException('UNKNOWN_FORMAT', `Unknown format ${insert.format}`)
  const sql = `${insert.head}\nFROM INFILE '${data.path}' COMPRESSION '${data.encoding}'\n${merge(settings, insert.settings)}\nFORMAT ${insert.format}`
  try {
    return await connection.run(sql)
  } catch (error) {
    throw error instanceof StoreException ? new StoreException(error.type, hidePath(error.message, data.path), error.code) : error
  }
}

/** What differs from one insert to the next: it goes into the statement, so that their connection can be used again. */
export function ownSettings (settings: Record<string, string>): [own: Record<string, string>, others: Record<string, string>] {
  const { insert_deduplication_token: token, ...others } = settings
  return token === undefined ? [{}, others] : [{ insert_deduplication_token: token }, others]
}

/** The statement's own clause comes last, and wins. */
function merge (settings: Record<string, string>, clause: string): string {
  const all = [assignments(settings), clause.replace(/^SETTINGS\s*/i, '')].filter((part) => part !== '')
  return all.length === 0 ? '' : `SETTINGS ${all.join(', ')}`
}

/** The path is ours and means nothing to who sent the data. */
function hidePath (message: string, path: string): string {
  return message.replaceAll(`: (in file/uri ${path})`, '').replaceAll(path, 'the body')
}
