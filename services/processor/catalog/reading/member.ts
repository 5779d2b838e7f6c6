/** Parts of parsed documents, whatever they are made of. */

/** The own member of an object or list; undefined when there is none. */
export function memberOf (holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key) ? (holder as Record<string, unknown>)[key] : undefined
}

/** The own member that is a text; '' when there is none. */
export function textAt (holder: unknown, key: string): string {
  const value = memberOf(holder, key)
  return typeof value === 'string' ? value : ''
}

/** The steps of a JSON pointer (RFC 6901). */
export function stepsOf (pointer: string): string[] {
  return pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** A key as one step of a JSON pointer (RFC 6901). */
export function pointerStep (key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
