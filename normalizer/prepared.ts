/** The two forms of a compiled catalog: with objects, as matching uses it, and packed, as one thread hands it to another. */
import type { Endpoint, Form, Problem } from './endpoint.ts'
import type { Mount } from './forms.ts'
import type { PreparedRule } from './gateway-rules.ts'
import { numbered } from './leaves.ts'
import type { LeafTable } from './leaves.ts'
import { createObjectReader, packObjects } from './packed.ts'
import type { PackedObjects } from './packed.ts'
import { compileMixed } from './segment.ts'
import type { MixedPattern } from './segment.ts'
import type { Tree } from './tree.ts'

/** A compiled catalog at work. */
export interface Compiled {
  readonly tree: Tree
  readonly mounts: ReadonlyArray<Pick<Mount, 'service' | 'hosts'>>
  readonly methods: ReadonlyMap<string, number>
  readonly endpoints: readonly Endpoint[]
  readonly problems: readonly Problem[]
  readonly rules: readonly PreparedRule[]
  /** Words of what is declared, a line each. */
  readonly words: string
}

/**
 * A compiled catalog as plain data: what a worker hands to another thread (structured clone, best with its buffers
 * transferred), which then only has to `open` it. Opaque otherwise.
 */
export interface Prepared extends Omit<Compiled, 'tree' | 'endpoints'> {
  readonly tree: Omit<Tree, 'patterns' | 'leaves' | 'unread'>
  readonly leaves: PackedLeaves
  readonly objects: PackedObjects
  /** Lists of the literals of mixed children. */
  readonly literals: Uint32Array
  /** Numbers of all declared endpoints, in the order of documents and keys. */
  readonly declared: Uint32Array
}

interface PackedLeaves extends Omit<LeafTable, 'shapes' | 'endpoints' | 'long' | 'unread'> {
  /** Number of the endpoint of each place. */
  readonly numbers: Uint32Array
  /** Number of the form of each leaf. */
  readonly forms: Uint32Array
  /** Records of three: first leaf of a long run, group, first leaf of the group's own run. */
  readonly long: Uint32Array
}

/** Packs a compiled catalog that was built of objects. */
export function pack ({ tree, endpoints, ...rest }: Compiled): Prepared {
  const { patterns, leaves: { shapes, endpoints: known, long, unread: none, ...leaves }, unread, ...flat } = tree
  const places = known as Endpoint[]
  const formsOfLeaves = shapes.filter((_, index) => index % 2 === 1) as Form[]
  const numbers = numbered([...places, ...endpoints])
  const forms = numbered(formsOfLeaves)
  const literals = (patterns as MixedPattern[]).map(({ prefix, inner, suffix }) => [prefix, ...inner.map(({ text }) => text), suffix])
  const packed = packObjects([...numbers.keys()], [...forms.keys()], literals)
  return {
    ...rest,
    tree: flat,
    leaves: {
      ...leaves,
      numbers: Uint32Array.from(places, (endpoint) => numbers.get(endpoint)!),
      forms: Uint32Array.from(formsOfLeaves, (form) => forms.get(form)!),
      long: packLong(long),
    },
    objects: packed.objects,
    literals: packed.numbers,
    declared: Uint32Array.from(endpoints, (endpoint) => numbers.get(endpoint)!),
  }
}

/** Makes a packed catalog ready for work. Nothing is read yet: each object is made when it is first needed, and kept. */
export function unpack ({ tree, leaves, objects, literals, declared, ...rest }: Prepared): Compiled {
  const reader = createObjectReader(objects)
  const endpointOf = keep(reader.endpoints, reader.endpoint)
  const formOf = keep(reader.forms, reader.form)
  const { numbers, forms, long, ...table } = leaves
  let endpoints: Endpoint[] | undefined
  return {
    ...rest,
    tree: {
      ...tree,
      leaves: {
        ...table,
        shapes: blank(forms.length * 2),
        endpoints: blank(numbers.length),
        long: unpackLong(long),
        unread: { endpoint: (place) => endpointOf(numbers[place]!), form: (leaf) => formOf(forms[leaf]!) },
      },
      patterns: blank(literals.length),
      unread: (child) => compileMixed({ kind: 'mixed', literals: reader.list(literals[child]!), names: [] }),
    },
    get endpoints () {
      return (endpoints ??= Array.from(declared, endpointOf))
    },
  }
}

/** Every declared operation, one made after the other and none kept: for catalogs of which no thread can make all at once. */
export function * endpointsOf ({ objects, declared }: Prepared): Generator<Endpoint> {
  const reader = createObjectReader(objects)
  for (const place of declared) yield reader.endpoint(place)
}

/** Everything that grows with the number of operations: what to transfer, so that nothing of it is copied. */
export function buffersOf ({ tree, leaves, objects, literals, declared }: Prepared): ArrayBuffer[] {
  return [tree, leaves, objects, objects.texts, { literals, declared }].flatMap((holder) => Object.values(holder) as unknown[])
    .filter((value) => ArrayBuffer.isView(value)).map(({ buffer }) => buffer as ArrayBuffer)
}

/** Makes each object once. */
function keep<T> (count: number, make: (number: number) => T): (number: number) => T {
  const made = blank<T>(count)
  return (number) => (made[number] ??= make(number))
}

function blank<T> (length: number): Array<T | undefined> {
  return new Array<T | undefined>(length).fill(undefined)
}

function packLong (long: LeafTable['long']): Uint32Array {
  return Uint32Array.from([...long].flatMap(([first, runs]) => [...runs].flatMap(([group, own]) => [first, group, own])))
}

function unpackLong (records: Uint32Array): LeafTable['long'] {
  const long = new Map<number, Map<number, number>>()
  for (let at = 0; at < records.length; at += 3) {
    const [first, group, own] = [records[at]!, records[at + 1]!, records[at + 2]!]
    const runs = long.get(first) ?? new Map<number, number>()
    long.set(first, runs.set(group, own))
  }
  return long
}
