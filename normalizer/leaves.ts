/** The leaves of the tree in flat form: runs of records, the leaves of one node behind each other. */
import type { Leaf, TemplateRecord } from './branch.ts'
import type { Endpoint, Form } from './endpoint.ts'
import type { BuildNode } from './node.ts'

/** All leaves, and what they lead to. What one answer needs lies together: a match should touch few cache lines. */
export interface LeafTable {
  /** Records of four: first endpoint of the template, pattern of its methods, group of servers, flags. */
  readonly records: Int32Array
  /** Label and form of each leaf in turn, undefined until they are read; see {@link labelOf} and {@link formOf}. */
  readonly shapes: Array<string | Form | undefined>
  /** Long runs once more, by group of servers: first leaf of the run → group → first leaf of the group's own run. */
  readonly long: ReadonlyMap<number, ReadonlyMap<number, number>>
  /** Number of methods: the length of a pattern. */
  readonly methods: number
  /**
   * Which methods a template declares, fallbacks filled in (HEAD from GET, any-method): place among its endpoints + 1, 0 = none.
   * Most templates share a few patterns.
   */
  readonly patterns: Uint16Array
  /**
   * The endpoints of each template behind each other, then what stands for each template when the method is not declared;
   * undefined until they are read, see {@link endpointOf} and {@link pathOf}.
   */
  readonly endpoints: Array<Endpoint | undefined>
  /** Where among them the latter begin. */
  readonly paths: number
  /** Template of each leaf. */
  readonly templates: Int32Array
  /** Document of each template. */
  readonly documents: Int32Array
  /** Reads what is still packed; null when nothing is. */
  readonly unread: UnreadLeaves | null
}

/** Makes the objects of a table that came packed, each at the first match that needs it. */
export interface UnreadLeaves {
  /** The endpoint of a place. */
  endpoint (place: number): Endpoint
  /** The form of a leaf: the same object for leaves that share one. */
  form (leaf: number): Form
}

/** Flags of a leaf: the form lacks the document's base path or, with BASED, begins with an open variable of it. */
export const LOOSE = 1
/** The base path is not empty and part of the form. */
export const BASED = 2
/** A parameter that may span segments stands for one. */
export const DERIVED = 4
/** The run ends here. */
export const LAST = 8
/** The run starts here and is long: not walked when the groups that may answer are known. */
export const LONG = 16

const longRun = 12

/** The leaves of the nodes, in their order; `first` and `firstSlash` give the first leaf + 1 of each node, 0 for none. */
export function buildLeaves (order: readonly BuildNode[]): { table: LeafTable, first: Int32Array, firstSlash: Int32Array } {
  const runs: Leaf[][] = []
  const first = new Int32Array(order.length)
  const firstSlash = new Int32Array(order.length)
  let count = 0
  const add = (leaves: Leaf[] | undefined): number => {
    if (leaves === undefined) return 0
    const run = arrange(leaves)
    runs.push(run)
    count += run.length
    return count - run.length + 1
  }
  for (const { id, leaves, slashLeaves } of order) {
    first[id] = add(leaves)
    firstSlash[id] = add(slashLeaves)
  }
  const long = addGroups(runs, count)
  return { table: flatten(runs, long), first, firstSlash }
}

/** A leaf as an object again, for whoever explains. */
export function leafAt (table: LeafTable, leaf: number): Leaf {
  const template = table.templates[leaf]!
  const [mount, flags] = [table.records[leaf * 4 + 2]!, table.records[leaf * 4 + 3]!]
  const byMethod = Array.from({ length: table.methods }, (_, method) => declaredAt(table, leaf, method))
  return {
    record: { document: table.documents[template]!, mount, suffixed: false, byMethod, path: pathOf(table, template) },
    form: formOf(table, leaf),
    stripped: Number((flags & (LOOSE | BASED)) === LOOSE),
    open: Number((flags & (LOOSE | BASED)) === (LOOSE | BASED)),
    based: (flags & BASED) >> 1,
    derived: (flags & DERIVED) >> 2,
  }
}

/** The endpoint that a leaf has for a method, else what stands for its path. */
export function endpointOf (table: LeafTable, leaf: number, method: number): Endpoint {
  return declaredAt(table, leaf, method) ?? pathOf(table, table.templates[leaf]!)
}

/** What stands for a template when the method is not declared. */
export function pathOf (table: LeafTable, template: number): Endpoint {
  return endpointAt(table, table.paths + template)
}

/** The label of a leaf's form. */
export function labelOf (table: LeafTable, leaf: number): string {
  return (table.shapes[leaf * 2] ?? readShape(table, leaf).label) as string
}

/** The form of a leaf. */
export function formOf (table: LeafTable, leaf: number): Form {
  return (table.shapes[leaf * 2 + 1] ?? readShape(table, leaf)) as Form
}

/** The endpoint of a place; the same object at every call. */
export function endpointAt (table: LeafTable, place: number): Endpoint {
  return table.endpoints[place] ?? (table.endpoints[place] = table.unread!.endpoint(place))
}

function readShape (table: LeafTable, leaf: number): Form {
  const form = table.unread!.form(leaf)
  table.shapes[leaf * 2] = form.label
  table.shapes[leaf * 2 + 1] = form
  return form
}

function declaredAt (table: LeafTable, leaf: number, method: number): Endpoint | undefined {
  const { records, patterns, methods } = table
  const place = patterns[records[leaf * 4 + 1]! * methods + method]!
  return place === 0 ? undefined : endpointAt(table, records[leaf * 4]! + place - 1)
}

/** With base path first, keys without suffix and true parameters first; otherwise the order of documents and keys. */
function arrange (leaves: Leaf[]): Leaf[] {
  const sorted = leaves.sort((a, b) =>
    (a.stripped | a.open) - (b.stripped | b.open) || a.stripped - b.stripped || a.derived - b.derived ||
    Number(a.record.suffixed) - Number(b.record.suffixed))
  return sorted.length <= longRun ? sorted : withoutTwins(sorted)
}

/** Some documents declare hundreds of operations at one path and tell them apart by a suffix: the first of each method will do. */
function withoutTwins (leaves: readonly Leaf[]): Leaf[] {
  const seen = new Map<string, number>()
  return leaves.filter(({ record, stripped, open, based, derived }) => {
    const keys = record.byMethod.flatMap((endpoint, method) =>
      endpoint === undefined ? [] : [`${record.mount} ${stripped | open} ${based} ${derived} ${method}`])
    for (const key of keys) seen.set(key, (seen.get(key) ?? 0) + 1)
    // The second stays, so that the first is flagged as one of a shape.
    return keys.length === 0 || keys.some((key) => seen.get(key)! <= 2)
  })
}

/** Adds the runs of the groups behind all others. */
function addGroups (runs: Leaf[][], count: number): Map<number, Map<number, number>> {
  const long = new Map<number, Map<number, number>>()
  let start = 0
  let end = count
  for (const run of [...runs]) {
    if (run.length > longRun) {
      const places = new Map<number, number>()
      for (const [group, own] of groupByMount(run)) {
        places.set(group, end)
        runs.push(own)
        end += own.length
      }
      long.set(start, places)
    }
    start += run.length
  }
  return long
}

function groupByMount (run: readonly Leaf[]): Map<number, Leaf[]> {
  const groups = new Map<number, Leaf[]>()
  for (const leaf of run) {
    const group = groups.get(leaf.record.mount)
    if (group === undefined) groups.set(leaf.record.mount, [leaf])
    else group.push(leaf)
  }
  return groups
}

function flatten (runs: readonly Leaf[][], long: LeafTable['long']): LeafTable {
  const leaves = runs.flat()
  const templates = numbered(leaves.map(({ record }) => record))
  const { first, pattern, endpoints, ...tables } = methodTables([...templates.keys()])
  const records = new Int32Array(leaves.length * 4)
  for (const [index, { record, stripped, open, based, derived }] of leaves.entries()) {
    const flags = (stripped | open) * LOOSE | based * BASED | derived * DERIVED | (long.has(index) ? LONG : 0)
    const template = templates.get(record)!
    records.set([first[template]!, pattern[template]!, record.mount, flags], index * 4)
  }
  let end = 0
  for (const run of runs) {
    end += run.length
    records[end * 4 - 1]! |= LAST
  }
  return {
    records,
    shapes: leaves.flatMap(({ form }) => [form.label, form]),
    long,
    ...tables,
    endpoints: [...endpoints, ...Array.from(templates.keys(), ({ path }) => path)],
    paths: endpoints.length,
    templates: Int32Array.from(leaves, ({ record }) => templates.get(record)!),
    documents: Int32Array.from(templates.keys(), ({ document }) => document),
    unread: null,
  }
}

/** First endpoint and pattern of each template, and the tables that they are places in. */
interface MethodTables extends Pick<LeafTable, 'methods' | 'patterns'> { endpoints: Endpoint[], first: number[], pattern: number[] }

function methodTables (templates: readonly TemplateRecord[]): MethodTables {
  const methods = templates.reduce((most, { byMethod }) => Math.max(most, byMethod.length), 1)
  const endpoints: Endpoint[] = []
  const patterns = new Map<string, { number: number, places: number[] }>()
  const first: number[] = []
  const pattern = templates.map(({ byMethod }) => {
    // Any-method operations also stand for methods that other documents made known.
    const declared = Array.from({ length: methods }, (_, method) => byMethod[method] ?? byMethod[0])
    const own = numbered(declared.filter((endpoint) => endpoint !== undefined))
    first.push(endpoints.length)
    endpoints.push(...own.keys())
    const places = declared.map((endpoint) => endpoint === undefined ? 0 : own.get(endpoint)! + 1)
    const known = patterns.get(places.join()) ?? { number: patterns.size, places }
    patterns.set(places.join(), known)
    return known.number
  })
  return { first, pattern, methods, endpoints, patterns: Uint16Array.from([...patterns.values()].flatMap(({ places }) => places)) }
}

/** The distinct items by number, in their order. */
export function numbered<T> (items: readonly T[]): Map<T, number> {
  const numbers = new Map<T, number>()
  for (const item of items) if (!numbers.has(item)) numbers.set(item, numbers.size)
  return numbers
}
