/** Several files as one declaration, as decK puts them together: lists one after the other, settings once. */
import { formatOf, migrateFormat } from '../../normalizer/catalog/kong-declaration.ts'
import { isObject } from '../../normalizer/catalog/references.ts'
import type { Json } from '../../normalizer/catalog/references.ts'
import type { Fault, ParsedFile } from './parse.ts'

/** A file of which the value is an object. */
export interface KongPart extends ParsedFile { value: Json }

/** Files put together; `originOf` says which file a path comes from, and where it stands there. */
export interface Merged {
  document: Json
  originOf (at: readonly PropertyKey[]): { part: KongPart, at: PropertyKey[] }
  /** The other way round. */
  placeIn (part: KongPart, at: readonly PropertyKey[]): PropertyKey[]
  faults: Fault[]
}

/** Puts files together; there must be one at least. Each is brought to format 3.0 first, as paths mean what its own format says. */
export function mergeParts (parts: readonly KongPart[]): Merged {
  const document: Json = {}
  const starts = new Map<string, Array<{ part: KongPart, from: number }>>()
  const faults: Fault[] = []
  for (const part of parts) {
    for (const [key, value] of Object.entries(migrateFormat(part.value))) {
      const before = Object.hasOwn(document, key) ? document[key] : undefined
      if (Array.isArray(value)) {
        const list = Array.isArray(before) ? before : []
        starts.set(key, [...starts.get(key) ?? [], { part, from: list.length }])
        put(document, key, [...list, ...value as unknown[]])
      } else if (before === undefined || before === null) put(document, key, value)
      else if (isObject(before) && isObject(value)) put(document, key, join(before, value, [key], part, faults))
    }
  }
  const [first] = parts
  const owners = (key: PropertyKey, index: PropertyKey | undefined): { part: KongPart, from: number } | undefined =>
    typeof index === 'number' ? starts.get(String(key))?.findLast(({ from }) => from <= index) : undefined
  return {
    document,
    faults,
    originOf: (at) => {
      const owner = owners(at[0] ?? '', at[1])
      if (owner !== undefined) return { part: owner.part, at: [at[0]!, Number(at[1]) - owner.from, ...at.slice(2)] }
      const part = parts.find(({ value }) => has(value, at)) ?? parts.find(({ value }) => has(value, at.slice(0, 1))) ?? first!
      return { part, at: [...at] }
    },
    placeIn: (part, at) => {
      const from = starts.get(String(at[0]))?.find((item) => item.part === part)?.from
      return from === undefined || typeof at[1] !== 'number' ? [...at] : [at[0]!, at[1] + from, ...at.slice(2)]
    },
  }
}

/** Also for `__proto__`. */
function put (object: Json, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Settings of several files: what one leaves open the other gives; tags add up; two values for one thing are a fault. */
function join (before: Json, value: Json, at: PropertyKey[], part: KongPart, faults: Fault[]): Json {
  const joined: Json = { ...before }
  for (const [key, own] of Object.entries(value)) {
    const known = Object.hasOwn(joined, key) ? joined[key] : undefined
    const place = [...at, key]
    if (known === undefined || known === null) put(joined, key, own)
    else if (isObject(known) && isObject(own)) put(joined, key, join(known, own, place, part, faults))
    else if (key === 'select_tags' && Array.isArray(known) && Array.isArray(own)) put(joined, key, [...new Set([...known as unknown[], ...own as unknown[]])])
    else if (JSON.stringify(known) !== JSON.stringify(own) && at[0] !== '_konnect') {
      const message = `${place.map(String).join('.')} has another value in another file; the first one counts`
      faults.push({ severity: 'error', code: 'conflicting-settings', message, path: part.path, line: part.lineOf(place) })
    }
  }
  return joined
}

function has (value: unknown, at: readonly PropertyKey[]): boolean {
  let holder = value
  for (const step of at) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, step)) return false
    holder = (holder as Record<PropertyKey, unknown>)[step]
  }
  return true
}

/** True for a format that Kong 3 takes. */
export function isKnownFormat (value: Json): boolean {
  return ['1.1', '2.1', '3.0'].includes(formatOf(value))
}
