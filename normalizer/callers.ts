/** Counts who uses a word that is not known: what many distinct callers use is no name of one of them. */
import type { Node } from './route-tree.ts'

/** More unknown words at one position are values, names perhaps, and none of them is counted any more. */
const mostWords = 50

/** Words that are counted at a time, over all positions: past it all begin anew. */
const mostCounted = 10_000

/** Counts callers within fixed bounds. */
export interface Callers {
  /** Counts a caller of a word at a position; true when it is the one that makes it known. */
  count (node: Node, word: string, caller: string): boolean
}

/** Words become known with the caller of that number; 0 = never. */
export function createCallers (needed: number): Callers {
  let counted = 0
  const nodes = new Set<Node>()
  const forget = (): void => {
    for (const node of nodes) if (node.candidates !== null) node.candidates = undefined
    nodes.clear()
    counted = 0
  }
  const begin = (node: Node, word: string): Set<number> | undefined => {
    if (counted >= mostCounted) forget()
    node.candidates ??= new Map()
    if (node.candidates.size >= mostWords) {
      counted -= node.candidates.size
      node.candidates = null
      return undefined
    }
    nodes.add(node)
    counted++
    const callers = new Set<number>()
    node.candidates.set(word, callers)
    return callers
  }
  return {
    count (node, word, caller) {
      if (needed === 0 || caller === '' || node.candidates === null) return false
      const callers = node.candidates?.get(word) ?? begin(node, word)
      if (callers === undefined) return false
      callers.add(hashOf(caller))
      if (callers.size < needed) return false
      node.candidates?.delete(word)
      counted--
      return true
    },
  }
}

/** FNV-1a: a clash only makes a caller count less. */
function hashOf (text: string): number {
  let hash = 0x811C9DC5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
