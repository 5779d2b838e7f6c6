/** The leaves of the tree in flat form: runs of records, the leaves of one node behind each other. */
import type { Leaf, TemplateRecord } from './branch.ts'
import type { Endpoint, Form } from './endpoint.ts'
import type { BuildNode } from './node.ts'

/** All leaves, and what they lead to. */
export interface LeafTable {
  /** Records of four: template, form, group of servers, flags. */
  readonly records: Int32Array
  /** Long runs once more, by group of servers: first leaf of the run → group → first leaf of the group's own run. */
  readonly long: ReadonlyMap<number, ReadonlyMap<number, number>>
  /** Number of methods: the length of a template's row in `operations`. */
  readonly methods: number
  /** Number of the endpoint + 1 by template and method, fallbacks filled in (HEAD from GET, any-method); 0 = none. */
  readonly operations: Int32Array
  readonly endpoints: readonly Endpoint[]
  /** Document of each template. */
  readonly documents: Int32Array
  /** What stands for each template when the method is not declared. */
  readonly paths: readonly Endpoint[]
  readonly forms: readonly Form[]
  readonly labels: readonly string[]
}

/** Flags of a leaf: the form lacks the document's base path. */
export const STRIPPED = 1
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
  const [template, form, mount, flags] = table.records.subarray(leaf * 4, leaf * 4 + 4) as unknown as [number, number, number, number]
  const byMethod = [...table.operations.subarray(template * table.methods, (template + 1) * table.methods)]
    .map((operation) => operation === 0 ? undefined : table.endpoints[operation - 1])
  return {
    record: { document: table.documents[template]!, mount, suffixed: false, byMethod, path: table.paths[template]! },
    form: table.forms[form]!,
    stripped: flags & STRIPPED,
    based: (flags & BASED) >> 1,
    derived: (flags & DERIVED) >> 2,
  }
}

/** The endpoint that a leaf has for a method, else what stands for its path. */
export function endpointOf (table: LeafTable, leaf: number, method: number): Endpoint {
  const template = table.records[leaf * 4]!
  const operation = table.operations[template * table.methods + method]!
  return operation === 0 ? table.paths[template]! : table.endpoints[operation - 1]!
}

/** With base path first, keys without suffix and true parameters first; otherwise the order of documents and keys. */
function arrange (leaves: Leaf[]): Leaf[] {
  const sorted = leaves.sort((a, b) =>
    a.stripped - b.stripped || a.derived - b.derived || Number(a.record.suffixed) - Number(b.record.suffixed))
  return sorted.length <= longRun ? sorted : withoutTwins(sorted)
}

/** Some documents declare hundreds of operations at one path and tell them apart by a suffix: the first of each method will do. */
function withoutTwins (leaves: readonly Leaf[]): Leaf[] {
  const seen = new Map<string, number>()
  return leaves.filter(({ record, stripped, based, derived }) => {
    const keys = record.byMethod.flatMap((endpoint, method) =>
      endpoint === undefined ? [] : [`${record.mount} ${stripped} ${based} ${derived} ${method}`])
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
  const forms = numbered(leaves.map(({ form }) => form))
  const records = new Int32Array(leaves.length * 4)
  for (const [index, { record, form, stripped, based, derived }] of leaves.entries()) {
    const flags = stripped * STRIPPED | based * BASED | derived * DERIVED | (long.has(index) ? LONG : 0)
    records.set([templates.get(record)!, forms.get(form)!, record.mount, flags], index * 4)
  }
  let end = 0
  for (const run of runs) {
    end += run.length
    records[end * 4 - 1]! |= LAST
  }
  const labels = [...forms.keys()].map(({ label }) => label)
  return { records, long, ...operationTables([...templates.keys()]), forms: [...forms.keys()], labels }
}

type OperationTables = Pick<LeafTable, 'methods' | 'operations' | 'endpoints' | 'documents' | 'paths'>

function operationTables (templates: readonly TemplateRecord[]): OperationTables {
  const methods = templates.reduce((most, { byMethod }) => Math.max(most, byMethod.length), 1)
  const endpoints = numbered(templates.flatMap(({ byMethod }) => byMethod.filter((endpoint) => endpoint !== undefined)))
  const operations = new Int32Array(templates.length * methods)
  for (const [template, { byMethod }] of templates.entries()) {
    for (let method = 0; method < methods; method++) {
      // Also for methods that other documents made known.
      const endpoint = byMethod[method] ?? byMethod[0]
      if (endpoint !== undefined) operations[template * methods + method] = endpoints.get(endpoint)! + 1
    }
  }
  return {
    methods,
    operations,
    endpoints: [...endpoints.keys()],
    documents: Int32Array.from(templates, ({ document }) => document),
    paths: templates.map(({ path }) => path),
  }
}

function numbered<T> (items: readonly T[]): Map<T, number> {
  const numbers = new Map<T, number>()
  for (const item of items) if (!numbers.has(item)) numbers.set(item, numbers.size)
  return numbers
}
