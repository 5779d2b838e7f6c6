/**
 * Which parts of a JSON value a reader wants: `whole` = all of it; objects by member (`repeats` = the same object comes
 * in many records), arrays by what their elements hold.
 */
export type Shape = 'whole' | { members: Readonly<Record<string, Shape>>, prefixes?: readonly string[], repeats?: boolean } | { elements: Shape }

/** An object of which only these members are wanted. */
export function some (members: Readonly<Record<string, Shape>>): Shape {
  return { members }
}

/** Members that are wanted whole. */
export function wholes (...names: string[]): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, 'whole']))
}

/** Wanted members of an object that comes in many records, such as a route. */
export function entity (...names: string[]): Shape {
  return { members: wholes(...names), repeats: true }
}

/** A shape in the form that a scan of bytes can use. */
export interface Wanted {
  kind: 'whole' | 'object' | 'array'
  /** Wanted members by the length of their name in bytes. */
  members: ReadonlyArray<readonly Member[]>
  /** Members whose name begins so are wanted whole. */
  prefixes: readonly Uint8Array[]
  elements: Wanted | undefined
  /** The object is likely to come again, byte by byte. */
  repeats: boolean
}

/** One wanted member of an object. */
export interface Member { name: string, bytes: Uint8Array, wanted: Wanted }

/** A value that is wanted with everything in it. */
export const whole: Wanted = { kind: 'whole', members: [], prefixes: [], elements: undefined, repeats: false }

/** Prepares a shape for scanning. */
export function compileShape (shape: Shape): Wanted {
  if (shape === 'whole') return whole
  if ('elements' in shape) return { kind: 'array', members: [], prefixes: [], elements: compileShape(shape.elements), repeats: false }
  const members: Member[][] = []
  for (const [name, inner] of Object.entries(shape.members)) {
    const bytes = Buffer.from(name)
    members[bytes.length] = [...members[bytes.length] ?? [], { name, bytes, wanted: compileShape(inner) }]
  }
  return {
    kind: 'object',
    members: Array.from(members, (list?: Member[]) => list ?? []),
    prefixes: (shape.prefixes ?? []).map((prefix) => Buffer.from(prefix)),
    elements: undefined,
    repeats: shape.repeats ?? false,
  }
}
