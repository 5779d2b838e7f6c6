/** YAML texts: read quickly where only values are wanted, and with positions where lines or repeated keys are. */
import { JSON_SCHEMA, loadAll } from 'js-yaml'
import type { LoadOptions } from 'js-yaml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import type { Document } from 'yaml'
import type { Broken, SourceFile } from './document.ts'
import { deepestLevel } from './json-keys.ts'
import type { RepeatedKey } from './json-keys.ts'
import { pointerStep, stepsOf } from './member.ts'
import { depthFaultLine, tooDeepMessage, valueFault, yamlFault } from './yaml-fault.ts'
import { yamlPlaces } from './yaml-places.ts'

/** How often an alias may be used: documents repeat parameters hundreds of times, and aliases must not nest without end. */
export const maxAliasCount = 10_000

/** A text with positions. */
export interface PositionedYaml extends Required<Pick<SourceFile, 'lineOf' | 'literalLine' | 'places'>> {
  documents: Document.Parsed[]
  broken: Broken | undefined
}

/** What the quick parser does not know (merge keys), or does not count: aliases, which may multiply without end. */
function needsCare (text: string): boolean {
  return text.includes('<<') || (/(?:^|[\s[{,])&[^\s,[\]{}]+(?=\s|$)/m.test(text) && /(?:^|[\s[{,])\*[^\s,[\]{}]+(?=[\s,\]}]|$)/m.test(text))
}

/** Its types do not know `maxDepth` yet. */
const quickly: LoadOptions & { maxDepth: number } = { schema: JSON_SCHEMA, maxDepth: deepestLevel }

/**
 * The documents of a text, in a third of the time and memory of a parser that keeps positions. Undefined for what it cannot read,
 * also for repeated keys, merge keys and aliases: that must be read in another way.
 */
export function parseQuickly (text: string): unknown[] | Broken | undefined {
  if (needsCare(text)) return undefined
  const documents: unknown[] = []
  try {
    loadAll(text, (document) => { documents.push(document) }, quickly)
    return documents
  } catch (error) {
    const line = depthFaultLine(error)
    return line === 0 ? undefined : { message: tooDeepMessage, line }
  }
}

/** Parses a text with positions. Never throws: what nests too deeply is broken. */
export function parseWithPositions (text: string): PositionedYaml {
  const lines = new LineCounter()
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true })
    const documents = 'empty' in parsed ? [] : parsed.filter((document) => document.contents !== null)
    const error = documents.flatMap((document) => document.errors)[0]
    const broken = error === undefined ? undefined : { message: yamlFault(error), line: lines.linePos(error.pos[0]).line }
    return { documents, broken, ...placesOf(documents, lines) }
  } catch (error) {
    return { documents: [], broken: { message: valueFault(error), line: 1 }, ...placesOf([], lines) }
  }
}

function placesOf (documents: readonly Document.Parsed[], lines: LineCounter): Omit<PositionedYaml, 'documents' | 'broken'> {
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  return {
    lineOf: (pointer, at = 0) => lineAt(offsetOf(documents[at], pointer)),
    literalLine: (pointer, at = 0) => {
      const node = documents[at]?.getIn(stepsOf(pointer), true)
      return isScalar(node) && node.type === 'BLOCK_LITERAL' && node.range !== undefined && node.range !== null
        ? lineAt(node.range[0]) + 1
        : undefined
    },
    places: () => yamlPlaces(documents[0], lines),
  }
}

/** The values of documents with positions, or why there are none. */
export function valuesOf (documents: readonly Document.Parsed[]): unknown[] | Broken {
  try {
    return documents.map((document): unknown => document.toJS({ maxAliasCount }))
  } catch (error) {
    return { message: valueFault(error), line: 1 }
  }
}

/** Most repeated keys that are told. */
const mostRepeated = 100

/** Keys that stand more than once in one mapping (YAML 1.2.2 §3.2.1.3), of which the last one counts. Merge keys may repeat. */
export function repeatedKeys ({ documents }: PositionedYaml, text: string): RepeatedKey[] {
  const lineOf = lineFinder(text)
  const found: RepeatedKey[] = []
  const open: Array<{ node: unknown, pointer: string, document: number }> =
    documents.map(({ contents }, document) => ({ node: contents, pointer: '', document })).reverse()
  for (let next = open.pop(); next !== undefined && found.length < mostRepeated; next = open.pop()) {
    const { node, pointer, document } = next
    if (isAlias(node)) continue
    const below: typeof open = []
    if (isSeq(node)) node.items.forEach((item, index) => { below.push({ node: item, pointer: `${pointer}/${index}`, document }) })
    if (isMap(node)) {
      const seen = new Map<string, number>()
      for (const { key, value } of node.items) {
        const name = keyText(key)
        const line = lineOf(startOf(key))
        const first = seen.get(name)
        const place = `${pointer}/${pointerStep(name)}`
        if (first !== undefined && name !== mergeKey) found.push({ pointer: place, line, first, ...document === 0 ? {} : { document } })
        seen.set(name, line)
        below.push({ node: value, pointer: place, document })
      }
    }
    open.push(...below.reverse())
  }
  return found
}

function lineFinder (text: string): (offset: number) => number {
  const ends: number[] = []
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends.push(at)
  return (offset) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

const mergeKey = '<<'

/** The parser has a symbol for the key that merges. */
function keyText (key: unknown): string {
  const value: unknown = isScalar(key) ? key.value : key
  return typeof value === 'symbol' ? mergeKey : String(value)
}

function startOf (node: unknown): number {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0] ?? 0
}

/** Walks down as far as the pointer can be followed; a key counts as the place of its value, of repeated keys the last. */
function offsetOf (document: Document.Parsed | undefined, pointer: string): number {
  let node: unknown = document?.contents
  let offset = document?.contents?.range[0] ?? 0
  for (const part of stepsOf(pointer)) {
    const pair = isMap(node) ? node.items.findLast((item) => keyText(item.key) === part) : undefined
    node = isSeq(node) ? node.items[Number(part)] : pair?.value
    const place = pair === undefined ? node : pair.key
    const range = (place as { range?: [number, number, number] } | null | undefined)?.range
    if (range === undefined || range === null) break
    offset = range[0]
  }
  return offset
}
