/** The inferred routes of one service as a tree of labels, and what is known of its positions. */
import { isTyped } from './infer.ts'
import { isWeak, settled, splitLabel } from './position.ts'
import type { Slot } from './position.ts'

/** What stands at one place of the routes of a service. */
export interface Node {
  children: Map<string, Node> | null
  /** Words below it: what counts towards the cap. */
  words: number
  /** The route that ends here, or ''. */
  route: string
  /** Its positions, by what stands behind the value; `apart` are those beside a numeric one. */
  slots: Map<string, Slot> | null
  /** Words that are not known yet, with the callers that used each; null where there are too many to be words. */
  candidates: Map<string, Set<number>> | null | undefined
}

/** The routes of one service in the order they were first seen. */
export interface ServiceRoutes { root: Node, routes: string[], doubtful: number }

/** Key of the position for values of another kind, beside one of numbers. */
export function apartKey (rest: string): string {
  return `apart ${rest}`
}

export function newService (): ServiceRoutes {
  return { root: newNode(), routes: [], doubtful: 0 }
}

function newNode (): Node {
  return { children: null, words: 0, route: '', slots: null, candidates: undefined }
}

/** The node that the labels lead to, made where there is none. */
export function grow (root: Node, labels: readonly string[]): Node {
  let node = root
  for (const label of labels) {
    node.children ??= new Map()
    let child = node.children.get(label)
    if (child === undefined) {
      child = newNode()
      node.children.set(label, child)
      if (label.startsWith('{')) noteType(node, label)
      if (!isTyped(label)) node.words++
    }
    node = child
  }
  return node
}

/** The node that labels lead to, or undefined. */
export function find (root: Node, labels: readonly string[]): Node | undefined {
  let node: Node | undefined = root
  for (const label of labels) node = node?.children?.get(label)
  return node
}

function noteType (node: Node, label: string): void {
  const { type, rest } = splitLabel(label)
  if (!isWeak(type)) return
  node.slots ??= new Map()
  const main = node.slots.get(rest)
  if (main === undefined) node.slots.set(rest, { type, hits: 1, wide: type === '{id}' })
  else if (main.type !== type && !node.slots.has(apartKey(rest))) node.slots.set(apartKey(rest), { type, hits: 1, wide: type === '{id}' })
}

/** Counts a value of a position; true when it has just been decided. */
export function hit (slot: Slot): boolean {
  if (slot.hits >= settled) return false
  slot.hits++
  return slot.hits === settled && !slot.wide
}

/** Gives the child of one label another; the routes below follow. Gives the number of routes that became one with another. */
export function rename (service: ServiceRoutes, path: readonly string[], from: string, to: string): number {
  const node = find(service.root, path)
  const child = node?.children?.get(from)
  if (node === undefined || child === undefined || from === to) return 0
  node.children!.delete(from)
  const there = node.children!.get(to)
  if (there === undefined) node.children!.set(to, child)
  const changed = new Map<string, string>()
  reroute(child, `${['', ...path].join('/')}/${to}`, changed)
  if (there !== undefined) merge(there, child)
  const before = service.routes.length
  service.routes = [...new Set(service.routes.map((route) => changed.get(route) ?? route))]
  return before - service.routes.length
}

function reroute (node: Node, prefix: string, changed: Map<string, string>): void {
  if (node.route !== '') {
    changed.set(node.route, prefix)
    node.route = prefix
  }
  for (const [label, child] of node.children ?? []) reroute(child, `${prefix}/${label}`, changed)
}

function merge (into: Node, from: Node): void {
  if (into.route === '') into.route = from.route
  for (const [key, slot] of from.slots ?? []) {
    into.slots ??= new Map()
    if (!into.slots.has(key)) into.slots.set(key, slot)
  }
  for (const [label, child] of from.children ?? []) {
    into.children ??= new Map()
    const there = into.children.get(label)
    if (there !== undefined) merge(there, child)
    else {
      into.children.set(label, child)
      if (!isTyped(label)) into.words++
    }
  }
}
