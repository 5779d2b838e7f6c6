/** Reading untyped documents: guards, and references inside a document (RFC 6901, OpenAPI Reference Object). */

/** Any object of a document. */
export type Json = Record<string, unknown>

/** True for an object that is no array. */
export function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as text: strings as they are, numbers and booleans printed, anything else ''. */
export function textOf (value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** The value if it is an array, else none. */
export function listOf (value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The objects of an array. */
export function objectsOf (value: unknown): Json[] {
  return listOf(value).filter(isObject)
}

/** The non-empty strings of an array; a single string counts as one. */
export function stringsOf (value: unknown): string[] {
  const items = typeof value === 'string' ? [value] : listOf(value)
  return items.map(textOf).filter((item) => item !== '')
}

/** One step of a JSON pointer. */
export function pointerStep (key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Follows an internal reference (`#/…`), at most 32 hops. Not an object, external, dangling or circular = undefined. */
export function resolve (document: Json, value: unknown): Json | undefined {
  let current = value
  for (let hops = 0; hops < 32; hops++) {
    if (!isObject(current)) return undefined
    if (typeof current.$ref !== 'string') return current
    if (!current.$ref.startsWith('#')) return undefined
    current = lookUp(document, current.$ref.slice(1))
  }
  return undefined
}

const known = new WeakMap<Json, Map<string, unknown>>()

/** Documents refer to the same few parameters thousands of times. */
function lookUp (document: Json, pointer: string): unknown {
  const targets = known.get(document) ?? new Map<string, unknown>()
  if (targets.size === 0) known.set(document, targets)
  if (!targets.has(pointer)) targets.set(pointer, atPointer(document, pointer))
  return targets.get(pointer)
}

function atPointer (document: Json, pointer: string): unknown {
  let current: unknown = document
  for (const step of pointer.split('/').slice(1)) {
    const key = unescapeStep(step)
    if (Array.isArray(current)) current = current[Number(key)]
    else if (isObject(current) && Object.hasOwn(current, key)) current = current[key]
    else return undefined
  }
  return current
}

function unescapeStep (step: string): string {
  if (!step.includes('%') && !step.includes('~')) return step
  let text = step
  try {
    text = decodeURIComponent(step)
  } catch {
    // A stray percent sign: the step means itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~')
}
