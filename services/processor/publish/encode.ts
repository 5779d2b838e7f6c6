/**
 * ClickHouse's TabSeparated format, written for a fixed list of columns
 * (https://clickhouse.com/docs/interfaces/formats/TabSeparated): a row is a line, so a batch can be cut at line ends.
 */

/** Writes one value of a column. What does not fit the type becomes its nearest value, so that no row is refused for it. */
type Writer = (value: unknown) => string

/** Turns rows into lines of TabSeparated text, in the order of the columns. */
export type RowEncoder<Row> = (rows: readonly Row[]) => Buffer

/**
 * Compiles an encoder for `columns` (name to ClickHouse type). Knows Bool, String, FixedString, DateTime64(3) from epoch
 * milliseconds, UInt8 to UInt64, Float64, Map of strings, and LowCardinality and Nullable of these; throws on other types.
 */
export function compileEncoder<Row> (columns: Record<string, { type: string }>): RowEncoder<Row> {
  const names = Object.keys(columns) as Array<keyof Row>
  const writers = Object.values(columns).map(({ type }) => writerOf(type))
  let usual = 512
  return (rows) => {
    let buffer = Buffer.allocUnsafe(rows.length * usual + 4096)
    let end = 0
    for (const row of rows) {
      const line = encodeRow(row, names, writers)
      // Written row by row: keeping the rows' strings for one big join costs more than all the rest.
      if (end + line.length * 3 > buffer.length) buffer = Buffer.concat([buffer.subarray(0, end)], (end + line.length * 3) * 2)
      end += buffer.write(line, end)
    }
    usual = Math.max(usual, Math.ceil(end / Math.max(1, rows.length)))
    return buffer.subarray(0, end)
  }
}

/** The text of one field of TabSeparated: the escapes undone. */
export function unescape (text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => escapedAs[char] ?? char)
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0', '\b': '\\b', '\f': '\\f', '\'': '\\\'' }
const escapedAs: Record<string, string> = { t: '\t', n: '\n', r: '\r', 0: '\0', b: '\b', f: '\f' }
const largest: Record<string, number> = { UInt8: 255, UInt16: 65_535, UInt32: 4_294_967_295, UInt64: Number.MAX_SAFE_INTEGER }

/** DateTime64(3) reaches from 1900 to 2299; the partitions of the tables are of type Date and start in 1970. */
const lastInstant = Date.UTC(2148, 11, 31)

function encodeRow<Row> (row: Row, names: Array<keyof Row>, writers: Writer[]): string {
  let line = (writers[0] as Writer)(row[names[0] as keyof Row])
  for (let index = 1; index < names.length; index++) line += '\t' + (writers[index] as Writer)(row[names[index] as keyof Row])
  return line + '\n'
}

function writerOf (type: string): Writer {
  const wrapped = /^(LowCardinality|Nullable|Map)\((.*)\)$/.exec(type)
  if (wrapped?.[1] === 'Map') return writeMap
  if (wrapped?.[1] === 'LowCardinality') return remembered(writerOf(wrapped[2] ?? ''))
  if (wrapped?.[1] === 'Nullable') return nullable(writerOf(wrapped[2] ?? ''))
  if (type === 'String' || type.startsWith('FixedString(')) return writeText
  if (type === 'Bool') return (value) => value === true ? 'true' : 'false'
  if (type === 'Float64') return (value) => Number.isFinite(value) ? String(value) : '0'
  if (type.startsWith('DateTime64(3')) return writeTime
  const limit = largest[type]
  if (limit === undefined) throw new Error(`no encoding for the column type ${type}`)
  return (value) => writeInteger(value, limit)
}

/** The same value often comes twice in a row: its text is not made anew. */
function remembered (write: Writer): Writer {
  let last: unknown = ''
  let text = write(last)
  return (value) => {
    if (value === last) return text
    last = value
    text = write(value)
    return text
  }
}

function nullable (write: Writer): Writer {
  return (value) => value === null || value === undefined || Number.isNaN(value) ? '\\N' : write(value)
}

function writeInteger (value: unknown, limit: number): string {
  const number = Math.round(Number(value))
  return number >= 0 ? String(Math.min(number, limit)) : '0'
}

function writeTime (value: unknown): string {
  const ms = Math.min(Math.max(Math.round(Number(value)) || 0, 0), lastInstant)
  const rest = ms % 1000
  return `${(ms - rest) / 1000}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`
}

function writeText (value: unknown): string {
  const text = typeof value === 'string' ? value : String(value ?? '')
  return /[\\\t\n\r\0\b\f]/.test(text) ? text.replace(/[\\\t\n\r\0\b\f]/g, (char) => escapes[char] ?? char) : text
}

function writeMap (value: unknown): string {
  let text = ''
  const map = value as Record<string, string>
  for (const key in map) text += `${text === '' ? '' : ','}${quote(key)}:${quote(map[key])}`
  return `{${text}}`
}

function quote (value: unknown): string {
  return `'${String(value ?? '').replace(/[\\\t\n\r\0\b\f']/g, (char) => escapes[char] ?? char)}'`
}
