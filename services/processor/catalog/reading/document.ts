import { extname } from 'node:path'
import { messageOf } from '../../../runtime/errors.ts'
import { findJsonFault } from '../../../runtime/json-fault.ts'
import { scanJson } from './json-keys.ts'
import type { RepeatedKey } from './json-keys.ts'
import { jsonPlaces, lineAt } from './json-places.ts'
import { readRegularFile } from './regular-file.ts'
import { tooDeepMessage } from './yaml-fault.ts'
import { parseQuickly, parseWithPositions, repeatedKeys, valuesOf } from './yaml-text.ts'
import type { PositionedYaml } from './yaml-text.ts'

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
  /** Keys that stand more than once in one mapping: the last one counts. */
  repeated?: RepeatedKey[]
}

/** Why a file could not be read, and the line where it is broken (0 when the file as a whole is). */
export interface Broken { message: string, line: number }

/** Reads a JSON or YAML file (also with several YAML documents). A broken file is a value, not an exception. */
export async function readSource (path: string, maxBytes?: number): Promise<SourceFile | Broken> {
  const text = await readTextFile(path, maxBytes)
  return typeof text === 'string' ? parseSource(path, text) : text
}

/** The text of a regular file, or why it cannot be read. */
export async function readTextFile (path: string, maxBytes?: number): Promise<string | Broken> {
  try {
    return decodeText(await readRegularFile(path, maxBytes))
  } catch (error) {
    return { message: `cannot read the file: ${messageOf(error)}`, line: 0 }
  }
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
  if (json !== undefined) return withJsonKeys({ path, documents: [json], lineOf: jsonLines(text), places: () => jsonPlaces(text) }, text)
  // YAML forgives what JSON does not, such as a value that was forgotten.
  if (extname(path) === '.json') return brokenJson(text)
  const quick = parseQuickly(text)
  if (quick === undefined) return parseCarefully(path, text)
  return Array.isArray(quick) ? { path, documents: quick.filter(isThere), ...yamlLines(text) } : quick
}

function parseCarefully (path: string, text: string): SourceFile | Broken {
  const yaml = parseWithPositions(text)
  if (yaml.broken !== undefined) return yaml.broken
  const values = valuesOf(yaml.documents)
  if (!Array.isArray(values)) return values
  const { lineOf, literalLine, places } = yaml
  return { path, documents: values.filter(isThere), lineOf, literalLine, places, repeated: repeatedKeys(yaml, text) }
}

function isThere (value: unknown): boolean {
  return value !== null && value !== undefined
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

function withJsonKeys (file: SourceFile, text: string): SourceFile | Broken {
  const { repeated, tooDeep } = scanJson(text)
  return tooDeep === 0 ? { ...file, repeated } : { message: tooDeepMessage, line: tooDeep }
}

/** Lines of a JSON text, found when someone asks for one. */
function jsonLines (text: string): SourceFile['lineOf'] {
  let places: Map<string, number> | undefined
  return (pointer) => {
    places ??= jsonPlaces(text)
    return lineAt(places, pointer)
  }
}

/** Lines of a YAML text that was read without positions: it is read again when someone asks for one. */
function yamlLines (text: string): Omit<SourceFile, 'path' | 'documents'> {
  let yaml: PositionedYaml | undefined
  const positioned = (): PositionedYaml => (yaml ??= parseWithPositions(text))
  return {
    lineOf: (pointer, document) => positioned().lineOf(pointer, document),
    literalLine: (pointer, document) => positioned().literalLine(pointer, document),
    places: () => positioned().places(),
  }
}

/** Lines of a text that was not kept: it is read again when someone asks for one. */
export function linesLater (path: string, text: () => string): SourceFile['lineOf'] {
  let lineOf: SourceFile['lineOf'] | undefined
  return (pointer, document) => {
    if (lineOf === undefined) {
      const own = text()
      lineOf = extname(path) === '.json' || parseJson(own) !== undefined ? jsonLines(own) : parseWithPositions(own).lineOf
    }
    return lineOf(pointer, document)
  }
}

function brokenJson (text: string): Broken {
  const bytes = Buffer.from(text.replace(/^\uFEFF/, ''))
  const { kind, at } = findJsonFault(bytes)
  const message = kind === 'invalid' ? 'the file is not valid JSON here' : kind === 'empty' ? 'the file is empty' : 'the file ends early'
  return { message, line: bytes.toString('utf8', 0, at).split('\n').length }
}
