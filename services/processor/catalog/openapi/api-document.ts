import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { readOpenApi } from '../../../../normalizer/index.ts'
import type { ApiDocument, Problem } from '../../../../normalizer/index.ts'
import { decodeText, isBroken, linesLater, parseSource, readTextFile } from '../reading/document.ts'
import type { Broken, SourceFile } from '../reading/document.ts'
import { FileReach } from '../reading/file-reach.ts'
import type { RepeatedKey } from '../reading/json-keys.ts'
import { looksLikeDocument, statesVersion } from '../reading/recognize.ts'
import { memberOf, textAt } from '../reading/member.ts'
import { fileParts, PartCache } from '../reading/parts.ts'
import type { FilePartOptions, PartReader } from '../reading/parts.ts'
import { readParts, resolveReferences } from './references.ts'
import type { Resolved } from './references.ts'
import { defaultFileBytes } from '../reading/regular-file.ts'

/** What an API document says of the service behind it, apart from its operations. */
export interface ServiceHints { service: string, owner: string, contact: string }

/** Of a document that says nothing. */
export const noHints: ServiceHints = Object.freeze({ service: '', owner: '', contact: '' })

/** One file, read as an API document: the document, or the problems that kept it out, or neither when it is something else. */
export interface LoadedApi {
  api?: ApiDocument
  hints?: ServiceHints
  /** Other files or URLs that it refers to. */
  others?: string[]
  lines?: DocumentLines | undefined
  problems: Problem[]
  /** Nobody would take it for an API document, unless it is named as one. */
  isDoubtful?: boolean | undefined
}

/** Where places of a document stand; `source` is the file when findings call the document otherwise. */
export interface DocumentLines {
  source?: string
  lineOf (pointer: string): number
  /** Lets go of what was read for it; it is read again when somebody asks once more. */
  forget? (): void
}

/** Chooses the service of a document; `title` is its `info.title`. */
export type ServiceChooser = (path: string, title: string, hints: ServiceHints) => string

/**
 * Reads an OpenAPI 2.0, 3.0, 3.1 or 3.2 file with its references, which without `options` lead to files below its own folder. A
 * broken file is a problem with its line.
 */
export async function loadOpenApi (
  path: string, source: string, choose: ServiceChooser, options: FilePartOptions = ownFolder(path)
): Promise<LoadedApi> {
  const { file, isDoubtful } = await readApiFile(path, options)
  if (isBroken(file)) return { problems: [{ severity: 'error', code: 'unreadable', message: file.message, source, line: file.line }], isDoubtful }
  const [document, ...further] = file.documents
  if (!isApiDocument(document)) return { problems: [] }
  const loaded = await readDocument(document, path, source, linesAgain(path), choose, fileParts(options))
  const own = [...repeatedProblems(file.repeated, source), ...further.some(isApiDocument) ? [severalDocuments(source, file)] : []]
  return { ...loaded, problems: [...loaded.problems, ...own], isDoubtful: !statesVersion(document) }
}

function ownFolder (path: string): FilePartOptions {
  const reach = new FileReach({ roots: [dirname(path)], allowed: [], maxBytes: defaultFileBytes })
  return { cache: new PartCache(), reach, nameOf: (name) => name }
}

function severalDocuments (source: string, file: SourceFile): Problem {
  const message = `The file holds ${file.documents.length} documents, and only the first is read: write each to a file of its own.`
  return { severity: 'error', code: 'several-documents', message, source, line: file.lineOf('', 1) }
}

/** Only files that several documents refer to are kept: the texts and values of all would take much memory. */
async function readApiFile (path: string, { cache, reach }: FilePartOptions): Promise<{ file: SourceFile | Broken, isDoubtful: boolean }> {
  const known = cache.get(path)
  if (known !== undefined && !isBroken(known)) return { file: known, isDoubtful: false }
  const text = await readTextFile(path, reach.maxBytes)
  if (typeof text !== 'string') return { file: text, isDoubtful: true }
  const file = parseSource(path, text)
  return { file, isDoubtful: isBroken(file) && !looksLikeDocument(text) }
}

/** The texts and parsed documents of a large catalog take much memory: where lines are asked for, the file is read once more. */
export function linesAgain (path: string): DocumentLines {
  let lineOf: SourceFile['lineOf'] | undefined
  return {
    lineOf: (pointer) => (lineOf ??= linesLater(path, () => readText(path)))(pointer),
    forget: () => { lineOf = undefined },
  }
}

/** A file that has gone since has no lines. */
function readText (path: string): string {
  try {
    return statSync(path).isFile() ? decodeText(readFileSync(path)) : ''
  } catch {
    return ''
  }
}

/** Reads a parsed API document; `path` may be a URL. `parts` finds what it refers to. */
export async function readDocument (
  document: Record<string, unknown>, path: string, source: string, lines: DocumentLines | undefined, choose: ServiceChooser,
  parts: PartReader
): Promise<LoadedApi> {
  const resolved = await resolveReferences(document, path, parts)
  const hints = hintsOf(resolved.document)
  const title = memberOf(resolved.document.info, 'title')
  // As reading the document takes it: YAML makes a number of some titles.
  const name = typeof title === 'number' || typeof title === 'boolean' ? String(title) : textAt(resolved.document.info, 'title')
  const api = readOpenApi(resolved.document, { service: choose(path, name, hints), source, dead: resolved.dead })
  const elsewhere = readParts(resolved.parts).flatMap(({ path: own, repeated }) => repeatedProblems(repeated, parts.nameOf(own)))
  return { api, hints, others: resolved.others, lines, problems: [...deadProblems(resolved, { path, source, lines, parts }), ...elsewhere] }
}

interface Referring { path: string, source: string, lines: DocumentLines | undefined, parts: PartReader }

/** A reference is told where it stands, which may be in another file. */
function deadProblems ({ missing, parts: read }: Resolved, { path, source, lines, parts }: Referring): Problem[] {
  return missing.map(({ message, location, where, loss }): Problem => {
    const common = { severity: loss === 'response' ? 'warning' : 'error', code: 'unresolved-reference', message, where } as const
    if (location === path) return { ...common, source, line: lines?.lineOf(where) }
    const part = read.get(location)
    return { ...common, source: parts.nameOf(location), line: part === undefined || isBroken(part) ? 0 : part.lineOf(where) }
  })
}

/** Keys that stand twice: an error where operations may be lost, and a warning in schemas and examples. */
export function repeatedProblems (repeated: readonly RepeatedKey[] = [], source: string, document = 0): Problem[] {
  return repeated.filter((key) => (key.document ?? 0) === document).map(({ pointer, line, first }): Problem => {
    const key = pointer.slice(pointer.lastIndexOf('/') + 1).replaceAll('~1', '/').replaceAll('~0', '~')
    const message = `The key "${key}" stands here and in line ${first}: only what stands last counts. Write it once.`
    return { severity: isBeyondRoutes(pointer) ? 'warning' : 'error', code: 'repeated-key', message, source, line, where: pointer }
  })
}

const beyondRoutes = /\/(?:schema|schemas|definitions|examples?|requestBody|requestBodies|content|headers|links|callbacks)\//

/** Names of paths and components may be anything; only keys below a path item or a component are looked at. */
function isBeyondRoutes (pointer: string): boolean {
  return beyondRoutes.test(pointer.replace(/^\/paths\/[^/]*/, ''))
}

/** The problem of a document that is no API document. */
export function noApi (source: string): Problem {
  return { severity: 'error', code: 'not-openapi', message: 'The file is no OpenAPI document: it has neither "openapi" nor "swagger".', source, line: 1 }
}

/** True for an object that calls itself OpenAPI or Swagger. */
export function isApiDocument (document: unknown): document is Record<string, unknown> {
  return typeof document === 'object' && document !== null && ('openapi' in document || 'swagger' in document)
}

const genericName = /^(?:openapi|swagger|api|apis|spec|index|oas3?)$/i

/** The service that a path suggests: `billing.yaml`, `billing.openapi.yaml` and `billing/openapi.yaml` are all `billing`. */
export function serviceOfPath (path: string): string {
  const name = basename(path, extname(path)).replace(/\.(?:openapi|swagger|api|spec|oas3?)$/i, '')
  return genericName.test(name) ? basename(dirname(path)) || name : name
}

/** `x-service` and `x-owner` may stand at the top or in `info`; `info.contact` is OpenAPI's own. */
function hintsOf (document: Record<string, unknown>): ServiceHints {
  const { info } = document
  const contact = textAt(info, 'contact') === '' ? memberOf(info, 'contact') : {}
  return {
    service: textAt(document, 'x-service') || textAt(info, 'x-service'),
    owner: textAt(document, 'x-owner') || textAt(info, 'x-owner'),
    contact: textAt(contact, 'email') || textAt(contact, 'url') || textAt(contact, 'name'),
  }
}
