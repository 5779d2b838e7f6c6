import { Members } from './members.ts'

/**
 * Which parts of a JSON value a reader wants: `whole` = all of it; `fresh` = all of what is another text in nearly every
 * record, such as an id; objects by member (`repeats` = the same object comes in many records), arrays by what their elements hold.
 */
export type Shape = 'whole' | 'fresh' | { members: Readonly<Record<string, Shape>>, prefixes?: readonly string[], repeats?: boolean } | { elements: Shape }

/** An object of which only these members are wanted. */
export function some (members: Readonly<Record<string, Shape>>): Shape {
  return { members }
}

/** Members that are wanted whole. */
export function wholes (...names: string[]): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, 'whole']))
}

/** Members that are another text in nearly every record. */
export function fresh (...names: string[]): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, 'fresh']))
}

/** Wanted members of an object that comes in many records, such as a route. */
export function entity (...names: string[]): Shape {
  return { members: wholes(...names), repeats: true }
}

/** A shape in the form that a scan of bytes can use. It remembers what the objects that it was used for look like. */
export interface Wanted {
  kind: 'whole' | 'fresh' | 'object' | 'array'
  members: ReadonlyMap<string, Wanted>
  /** Members whose name begins so are wanted whole. */
  prefixes: readonly string[]
  elements: Wanted | undefined
  /** The object is likely to come again, byte by byte. */
  repeats: boolean
  /** Members that objects at this place have. */
  seen: Members<Wanted>
}

function wantedOf (kind: Wanted['kind'], parts: Partial<Wanted> = {}): Wanted {
  const { members = new Map<string, Wanted>(), prefixes = [] } = parts
  const seen = new Members((name) => members.get(name) ?? (prefixes.some((prefix) => name.startsWith(prefix)) ? whole : undefined))
  return { kind, elements: undefined, repeats: false, ...parts, members, prefixes, seen }
}

/** A value that is wanted with everything in it. */
export const whole: Wanted = wantedOf('whole')

const once: Wanted = wantedOf('fresh')

/** Prepares a shape for scanning. */
export function compileShape (shape: Shape): Wanted {
  if (shape === 'whole') return whole
  if (shape === 'fresh') return once
  if ('elements' in shape) return wantedOf('array', { elements: compileShape(shape.elements) })
  return wantedOf('object', {
    members: new Map(Object.entries(shape.members).map(([name, inner]) => [name, compileShape(inner)])),
    prefixes: shape.prefixes ?? [],
    repeats: shape.repeats ?? false,
  })
}
