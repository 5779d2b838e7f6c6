import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import type { Document } from 'yaml'
import { messageOf } from '../../runtime/errors.ts'
import { findJsonFault } from '../../runtime/json-fault.ts'
import { jsonPlaces, lineAt } from './json-places.ts'
import { stepsOf } from './member.ts'
import { yamlPlaces } from './yaml-places.ts'

/** A JSON or YAML file, read: its documents as plain values, and where each place of them stands in the text. */
export interface SourceFile {
  path: string
  documents: unknown[]
  /** 1-based line of a JSON pointer (RFC 6901) in the nth document, or of the nearest parent that exists. */
  lineOf (pointer: string, document?: number): number
  /** The line on which a literal text (`key: |`) begins in YAML; undefined for what is none. */
  literalLine? (pointer: string, document?: number): number | undefined
  /** Lines of the upper places of the first document, by JSON pointer: for who keeps them without the text. */
  places? (): Map<string, number>
}

/** Why a file could not be read, and the line where it is broken (0 when the file as a whole is). */
export interface Broken { message: string, line: number }

/** Reads a JSON or YAML file (also with several YAML documents). A broken file is a value, not an exception. */
export async function readSource (path: string): Promise<SourceFile | Broken> {
  let text: string
  try {
    text = decodeText(await readFile(path))
  } catch (error) {
    return { message: `cannot read the file: ${messageOf(error)}`, line: 0 }
  }
  return parseSource(path, text)
}

/** The text of a file: UTF-16 where a byte order mark says so, else UTF-8. The mark itself is left out. */
export function decodeText (bytes: Buffer): string {
  const [first, second] = bytes
  const label = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(label).decode(bytes)
}

/** Parses the text of such a file. JSON is read by the engine's own parser, which is many times faster. */
export function parseSource (path: string, text: string): SourceFile | Broken {
  const json = parseJson(text)
  if (json !== undefined) return { path, documents: [json], lineOf: jsonLines(text), places: () => jsonPlaces(text) }
  // YAML forgives what JSON does not, such as a value that was forgotten.
  if (extname(path) === '.json') return brokenJson(text)
  const { documents, broken, ...lines } = parseYaml(text)
  if (broken !== undefined) return broken
  try {
    const values = documents.map((document): unknown => document.toJS({ maxAliasCount }))
    return { path, documents: values.filter((value) => value !== null), ...lines }
  } catch (error) {
    return { message: messageOf(error), line: 1 }
  }
}

/** Tells a broken file from a good one. */
export function isBroken (source: SourceFile | Broken): source is Broken {
  return 'message' in source
}

function parseJson (text: string): unknown {
  if (!/^\uFEFF?\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Lines of a JSON text, found when someone asks for one. */
function jsonLines (text: string): SourceFile['lineOf'] {
  let places: Map<string, number> | undefined
  return (pointer) => {
    places ??= jsonPlaces(text)
    return lineAt(places, pointer)
  }
}

/** Lines of a text that was read without positions, or was not kept: it is read again when someone asks for one. */
export function linesLater (path: string, text: () => string): SourceFile['lineOf'] {
  let lineOf: SourceFile['lineOf'] | undefined
  return (pointer, document) => {
    lineOf ??= extname(path) === '.json' ? jsonLines(text()) : parseYaml(text()).lineOf
    return lineOf(pointer, document)
  }
}

function brokenJson (text: string): Broken {
  const bytes = Buffer.from(text.replace(/^\uFEFF/, ''))
  const { kind, at } = findJsonFault(bytes)
  const message = kind === 'invalid' ? 'the file is not valid JSON here' : kind === 'empty' ? 'the file is empty' : 'the file ends early'
  return { message, line: bytes.toString('utf8', 0, at).split('\n').length }
}

/** How often an alias may be used: documents repeat parameters hundreds of times, and aliases must not nest without end. */
export const maxAliasCount = 10_000

interface Yaml extends Required<Pick<SourceFile, 'lineOf' | 'literalLine' | 'places'>> {
  documents: Document.Parsed[]
  broken: Broken | undefined
}

function parseYaml (text: string): Yaml {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true })
  const documents = 'empty' in parsed ? [] : parsed.filter((document) => document.contents !== null)
  const error = documents.flatMap((document) => document.errors)[0]
  return {
    documents,
    broken: error === undefined ? undefined : { message: messageOf(error), line: lines.linePos(error.pos[0]).line },
    lineOf: (pointer, at = 0) => lines.linePos(offsetOf(documents[at], pointer)).line,
    literalLine: (pointer, at = 0) => {
      const node = documents[at]?.getIn(stepsOf(pointer), true)
      return isScalar(node) && node.type === 'BLOCK_LITERAL' && node.range !== undefined && node.range !== null
        ? lines.linePos(node.range[0]).line + 1
        : undefined
    },
    places: () => yamlPlaces(documents[0], lines),
  }
}

/** Walks down as far as the pointer can be followed; a key counts as the place of its value. */
function offsetOf (document: Document.Parsed | undefined, pointer: string): number {
  let node: unknown = document?.contents
  let offset = document?.contents?.range[0] ?? 0
  for (const part of stepsOf(pointer)) {
    const pair = isMap(node) ? node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === part) : undefined
    node = isSeq(node) ? node.items[Number(part)] : pair?.value
    const place = pair === undefined ? node : pair.key
    const range = (place as { range?: [number, number, number] } | null | undefined)?.range
    if (range === undefined || range === null) break
    offset = range[0]
  }
  return offset
}
