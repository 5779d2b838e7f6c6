/** Finds all that stand under a prefix of a path: a radix tree over the prefixes. */

interface Node<T> { label: string, items: T[], next: Map<number, Node<T>> }

/** The items whose prefix the path begins with, shortest prefix first. The answer is reused from call to call. */
export function createPrefixIndex<T extends { readonly prefix: string }> (items: readonly T[]): (path: string) => readonly T[] {
  const root: Node<T> = { label: '', items: [], next: new Map() }
  for (const item of items) insert(root, item.prefix, item)
  const found: T[] = []
  return (path) => {
    found.length = 0
    let at = 0
    let node: Node<T> | undefined = root
    while (node !== undefined && path.startsWith(node.label, at)) {
      for (const item of node.items) found.push(item)
      at += node.label.length
      node = at < path.length ? node.next.get(path.charCodeAt(at)) : undefined
    }
    return found
  }
}

function insert<T> (root: Node<T>, prefix: string, item: T): void {
  let node = root
  let at = 0
  while (at < prefix.length) {
    const next = node.next.get(prefix.charCodeAt(at))
    if (next === undefined) {
      node.next.set(prefix.charCodeAt(at), { label: prefix.slice(at), items: [item], next: new Map() })
      return
    }
    split(next, sharedLength(next.label, prefix, at))
    node = next
    at += node.label.length
  }
  node.items.push(item)
}

function sharedLength (label: string, prefix: string, at: number): number {
  let length = 0
  while (length < label.length && label[length] === prefix[at + length]) length++
  return length
}

function split<T> (node: Node<T>, length: number): void {
  if (length === node.label.length) return
  const rest: Node<T> = { label: node.label.slice(length), items: node.items, next: node.next }
  node.label = node.label.slice(0, length)
  node.items = []
  node.next = new Map([[rest.label.charCodeAt(0), rest]])
}
