import type { HeaderChange } from './exchange.ts'
import { quote } from './json.ts'
import { redacted } from './redact.ts'

/** Headers (name and value in turn) as a JSON object; `changes`, by lower-case name, replace or remove what came. */
export type HeaderWriter = (list: readonly string[], changes?: ReadonlyMap<string, HeaderChange>) => string

const alwaysSecret = ['authorization', 'proxy-authorization']
/** Kong logs at most so many headers. */
const most = 100
/** Names that are remembered, and the longest value; a client that sends ever new ones costs time, not memory. */
const names = 1000
const valueLength = 256

/** A header name: its lower case and JSON, the last value with its JSON (clients repeat themselves), the list it was last seen in. */
interface Known { name: string, key: string, secret: boolean, value: string, json: string, seen: number, kept: boolean }

/** A writer that redacts the values of these names (lower case) and of `authorization` and `proxy-authorization`. */
export function createHeaderWriter (secretNames: ReadonlySet<string>): HeaderWriter {
  const secrets = new Set([...alwaysSecret, ...secretNames])
  const known = new Map<string, Known>()
  let serial = 0
  const look = (raw: string): Known => {
    const found = known.get(raw)
    if (found !== undefined) return found
    const name = raw.toLowerCase()
    // Spellings of one name share what is known, so that a header that comes again is noticed.
    const made = known.get(name) ?? { name, key: `${quote(name)}:`, secret: secrets.has(name), value: '', json: '""', seen: 0, kept: known.size < names }
    if (known.size < names) known.set(raw, made).set(name, made)
    return made
  }
  return (list, changes) => {
    serial++
    let text = ''
    const add = (header: Known, value: string): boolean => {
      if (header.seen === serial) return false
      header.seen = serial
      text += text === '' ? header.key : `,${header.key}`
      text += jsonOf(header, value)
      return true
    }
    const end = Math.min(list.length, most * 2)
    for (let index = 0; index < end; index += 2) {
      const header = look(list[index] ?? '')
      if (changes?.has(header.name) === true) continue
      // A name past the memory may repeat unseen, so it takes the slow way as well.
      if (!header.kept || !add(header, list[index + 1] ?? '')) return withLists(list, changes, look)
    }
    if (changes === undefined) return `{${text}}`
    for (const change of changes.values()) {
      if (change !== undefined) add(look(change.name), change.value)
    }
    return `{${text}}`
  }
}

function jsonOf (header: Known, value: string): string {
  if (header.value === value) return header.secret ? `"${redacted}"` : header.json
  const json = quote(header.secret ? redacted : value)
  if (header.secret || value.length > valueLength) return json
  header.value = value
  header.json = json
  return json
}

/** A header that comes again becomes a list. */
function withLists (list: readonly string[], changes: ReadonlyMap<string, HeaderChange> | undefined, look: (raw: string) => Known): string {
  const values = new Map<string, string[]>()
  const add = (header: Known, value: string): void => {
    const before = values.get(header.key)
    if (before === undefined) values.set(header.key, [jsonOf(header, value)])
    else before.push(jsonOf(header, value))
  }
  for (let index = 0; index < list.length && index < most * 2; index += 2) {
    const header = look(list[index] ?? '')
    if (changes?.has(header.name) !== true) add(header, list[index + 1] ?? '')
  }
  for (const change of changes?.values() ?? []) if (change !== undefined) add(look(change.name), change.value)
  return `{${[...values].map(([key, all]) => `${key}${all.length === 1 ? all[0] : `[${all.join(',')}]`}`).join(',')}}`
}
