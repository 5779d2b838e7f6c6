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
  return (rows) => {
    const lines: string[] = new Array(rows.length)
    for (let index = 0; index < rows.length; index++) lines[index] = encodeRow(rows[index] as Row, names, writers)
    return Buffer.from(lines.join(''), 'utf8')
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
  let line = ''
  for (let index = 0; index < names.length; index++) {
    const text = (writers[index] as Writer)(row[names[index] as keyof Row])
    line += index === 0 ? text : '\t' + text
  }
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
  if (type === 'DateTime64(3)') return writeTime
  const limit = largest[type]
  if (limit === undefined) throw new Error(`no encoding for the column type ${type}`)
  return (value) => writeInteger(value, limit)
}

/** Few distinct values come again and again: their text is looked up, not made anew. */
function remembered (write: Writer): Writer {
  const known = new Map<unknown, string>()
  return (value) => {
    const found = known.get(value)
    if (found !== undefined) return found
    const text = write(value)
    if (known.size >= 4096) known.clear()
    known.set(value, text)
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
