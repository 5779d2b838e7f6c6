import { compileFunction } from '../../runtime/compile.ts'
import { isObject } from './field.ts'
import type { JsonObject } from './field.ts'
import { Members } from './members.ts'
import { compileShape } from './shape.ts'
import type { Shape, Wanted } from './shape.ts'

/**
 * Where a value of a record stands: the names of the members on the way, and what is wanted of it. `object` = true for an object
 * of which other slots name members, and the value itself for what is none. `gather` = an object of all members of the object at
 * `path` that have one of these names or prefixes. `count` = the number of elements of the array at `path`; `ofLast` = the member
 * of that name of its last element.
 */
export interface Slot {
  path: readonly string[]
  shape: Shape | 'object' | 'count' | { gather: readonly string[], prefixes?: readonly string[] } | { ofLast: string }
}

/** The values of one record by the names of their slots; undefined for what it does not have. They last until the next one is read. */
export type Values<Name extends string> = Record<Name, unknown>

/** What is wanted of a member: a value for a slot, an object with slots in it, to be gathered; some of them at once. */
export interface Target {
  /** The name that a gathered member gets. */
  name: string
  /** -1: no slot. */
  slot: number
  wanted: Wanted
  node: Node | undefined
  gathered: boolean
}

/** An object on the way to slots. */
export interface Node {
  targets: Map<string, Target>
  /** Names are found in any case, and known here in lower case. */
  anyCase: boolean
  /** The slot that tells whether it is there; -1: none. */
  self: number
  /** The slot of what is gathered; -1: none. */
  gather: number
  /** The slot of the number of elements, where this may be an array; -1: none. */
  count: number
  /** What is wanted of its last element. */
  element: Node | undefined
  names: Set<string>
  prefixes: string[]
  seen: Members<Target>
  /** How many of these objects are still to be read for what there is to learn; below 0: how many were not since then. */
  lessons: number
  /** The slots of all that is in it: an object that comes again in one record takes the place of the one before. */
  inside: number[]
  /** The number of the record that had it last. */
  record: number
}

/** Slots in the form that a scan of bytes can use. */
export interface Plan<Name extends string> {
  values: Values<Name>
  put: (slot: number, value: unknown) => void
  clear: () => void
  root: Node
}

/** How many objects of a kind are read for what there is to learn at first. */
const firstLessons = 512

const text: Wanted = compileShape('whole')

/**
 * Prepares slots for scanning. Not for two threads, nor for two records at once. `anyCase` has the paths of objects, with dots,
 * whose members have names in any case, such as headers; slots name them in lower case.
 */
export function planSlots<Name extends string> (slots: Readonly<Record<Name, Slot>>, anyCase: readonly string[] = []): Plan<Name> {
  const names = Object.keys(slots) as Name[]
  const root = newNode(anyCase.includes(''))
  names.forEach((name, index) => { place(root, slots[name], index, anyCase) })
  const { create, put, clear } = compileValues(names)
  const values = create() as Values<Name>
  return { values, root, put: (slot, value) => { put(values, slot, value) }, clear: () => { clear(values) } }
}

function newNode (anyCase: boolean): Node {
  const targets = new Map<string, Target>()
  const node: Node = {
    targets,
    anyCase,
    self: -1,
    gather: -1,
    count: -1,
    element: undefined,
    names: new Set(),
    prefixes: [],
    inside: [],
    record: 0,
    lessons: firstLessons,
    seen: new Members<Target>((name) => targetOf(node, name)),
  }
  return node
}

/** What is wanted of the member of that name; undefined: nothing. */
export function targetOf (node: Node, written: string): Target | undefined {
  const name = node.anyCase ? written.toLowerCase() : written
  const target = node.targets.get(name)
  const gathered = node.names.has(name) || node.prefixes.some((prefix) => name.startsWith(prefix))
  if (target === undefined) return gathered ? { ...newTarget(name), gathered } : undefined
  target.gathered = gathered
  return target
}

function place (root: Node, { path, shape }: Slot, index: number, anyCase: readonly string[]): void {
  const isOfNode = shape === 'object' || shape === 'count' || (typeof shape === 'object' && ('gather' in shape || 'ofLast' in shape))
  const node = nodeAt(root, isOfNode ? path : path.slice(0, -1), index, anyCase)
  if (shape === 'object') node.self = index
  else if (shape === 'count') node.count = index
  else if (typeof shape === 'object' && 'ofLast' in shape) {
    node.element ??= newNode(false)
    node.element.inside.push(index)
    node.element.targets.set(shape.ofLast, { ...newTarget(shape.ofLast), slot: index })
  } else if (typeof shape === 'object' && 'gather' in shape) {
    node.gather = index
    for (const name of shape.gather) node.names.add(name)
    node.prefixes.push(...shape.prefixes ?? [])
  } else {
    const name = path.at(-1) ?? ''
    node.targets.set(name, { ...newTarget(name), slot: index, wanted: compileShape(shape) })
  }
}

/** The object at a path, on which all others know of the slot. */
function nodeAt (root: Node, path: readonly string[], index: number, anyCase: readonly string[]): Node {
  let node = root
  for (const [depth, name] of path.entries()) {
    const known = node.targets.get(name) ?? newTarget(name)
    node.targets.set(name, known)
    node = known.node ??= newNode(anyCase.includes(path.slice(0, depth + 1).join('.')))
    node.inside.push(index)
  }
  return node
}

function newTarget (name: string): Target {
  return { name, slot: -1, wanted: text, node: undefined, gathered: false }
}

type Put = (values: object, slot: number, value: unknown) => void

/** Functions with one statement a slot. */
function compileValues (names: readonly string[]): { create: () => object, put: Put, clear: (values: object) => void } {
  // An object that gets its members one by one becomes a table when there are many.
  const members = names.map((name) => `${JSON.stringify(name)}: undefined`)
  const cases = names.map((name, index) => `case ${index}: values[${JSON.stringify(name)}] = value; break`)
  const clears = names.map((name) => `values[${JSON.stringify(name)}] = undefined`)
  return {
    create: compileFunction<() => object>([], `return { ${members.join(', ')} }`),
    put: compileFunction<Put>(['values', 'slot', 'value'], `switch (slot) {\n${cases.join('\n')}\n}`),
    clear: compileFunction<(values: object) => void>(['values'], clears.join('\n')),
  }
}

/** Fills the slots from a record that was parsed whole. */
export function fillSlots (plan: Plan<string>, value: JsonObject): void {
  plan.clear()
  fillNode(plan, plan.root, value)
}

function fillNode (plan: Plan<string>, node: Node, object: JsonObject): void {
  const gathered: Record<string, unknown> = {}
  for (const name of Object.keys(object)) {
    const target = targetOf(node, name)
    if (target === undefined) continue
    const value = object[name]
    if (target.gathered) gathered[target.name] = value
    if (target.slot !== -1) plan.put(target.slot, value)
    if (target.node !== undefined) fillObject(plan, target.node, value)
  }
  if (node.gather !== -1) plan.put(node.gather, gathered)
}

function fillObject (plan: Plan<string>, node: Node, value: unknown): void {
  if (Array.isArray(value) && node.element !== undefined) {
    const last: unknown = value.at(-1)
    if (node.count !== -1) plan.put(node.count, value.length)
    if (isObject(last)) fillNode(plan, node.element, last)
  }
  const found = isObject(value)
  if (node.self !== -1) plan.put(node.self, found ? true : value)
  if (found) fillNode(plan, node, value)
}
