/** Query strings as Kong reads and logs them (OpenResty's `ngx.req.get_uri_args`). */

/** Decoded parameters: `true` for a name without `=`, an array for a repeated name. */
export type Query = Record<string, string | true | Array<string | true>>

const limit = 100

/** Parses at most 100 parameters of a raw query; malformed escapes stay as they are. Never throws. */
export function parseQuery (raw: string | undefined): Query {
  const query: Query = Object.create(null) as Query
  if (raw === undefined || raw === '') return query
  for (const [name, value] of pairs(raw).slice(0, limit)) {
    const before = query[name]
    if (before === undefined) query[name] = value
    else if (Array.isArray(before)) before.push(value)
    else query[name] = [before, value]
  }
  return query
}

/** The raw query without the parameters of these (decoded) names; all others stay byte for byte. */
export function dropFromQuery (raw: string, names: ReadonlySet<string>): string {
  return raw.split('&').filter((pair) => !names.has(nameOf(pair))).join('&')
}

/** The raw query with the values of these (decoded) names replaced; all others stay byte for byte. */
export function redactQuery (raw: string, names: ReadonlySet<string>): string {
  return raw.split('&').map((pair) => names.has(nameOf(pair).toLowerCase()) && pair.includes('=')
    ? `${pair.slice(0, pair.indexOf('=') + 1)}REDACTED`
    : pair).join('&')
}

function pairs (raw: string): Array<[string, string | true]> {
  return raw.split('&').flatMap((pair): Array<[string, string | true]> => {
    const equals = pair.indexOf('=')
    if (equals === -1) return pair === '' ? [] : [[decode(pair), true]]
    return equals === 0 ? [] : [[decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]]
  })
}

function nameOf (pair: string): string {
  const equals = pair.indexOf('=')
  return decode(equals === -1 ? pair : pair.slice(0, equals))
}

function decode (text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return text.replaceAll('+', ' ').replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
}
