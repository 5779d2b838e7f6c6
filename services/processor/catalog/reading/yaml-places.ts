import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Document, LineCounter } from 'yaml'
import { deepest } from './json-places.ts'

/** Lines (1-based) of the upper places of a YAML document, by JSON pointer; a member counts from its key on. */
export function yamlPlaces (document: Document.Parsed | undefined, lines: LineCounter): Map<string, number> {
  const places = new Map<string, number>()
  const add = (node: unknown, pointer: string, depth: number, at: number | undefined): void => {
    if (at !== undefined) places.set(pointer, lines.linePos(at).line)
    if (depth === deepest || isAlias(node)) return
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = String(isScalar(key) ? key.value : key).replaceAll('~', '~0').replaceAll('/', '~1')
        add(value, `${pointer}/${name}`, depth + 1, startOf(key))
      }
    } else if (isSeq(node)) node.items.forEach((item, index) => add(item, `${pointer}/${index}`, depth + 1, startOf(item)))
  }
  add(document?.contents, '', 0, startOf(document?.contents))
  return places
}

function startOf (node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0]
}
