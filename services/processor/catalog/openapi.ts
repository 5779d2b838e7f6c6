import { readFileSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { readOpenApi } from '../../../normalizer/index.ts'
import type { ApiDocument, Problem } from '../../../normalizer/index.ts'
import { decodeText, isBroken, linesLater, readSource } from './document.ts'
import type { Broken, SourceFile } from './document.ts'
import { memberOf, textAt } from './member.ts'
import { readPlainly, resolveReferences } from './references.ts'
import type { FetchReference } from './references.ts'

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

/** Reads an OpenAPI 2.0, 3.0, 3.1 or 3.2 file with its references. A broken file is a problem with its line. */
export async function loadOpenApi (path: string, source: string, choose: ServiceChooser): Promise<LoadedApi> {
  const file = await readApiFile(path)
  if (isBroken(file)) return { problems: [{ severity: 'error', code: 'unreadable', message: file.message, source, line: file.line }] }
  const [document, ...further] = file.documents
  if (!isApiDocument(document)) return { problems: [] }
  const loaded = { ...await readDocument(document, path, source, file, choose), lines: linesAgain(path) }
  return further.some(isApiDocument) ? { ...loaded, problems: [...loaded.problems, severalDocuments(source, file)] } : loaded
}

function severalDocuments (source: string, file: SourceFile): Problem {
  const message = `The file holds ${file.documents.length} documents, and only the first is read: write each to a file of its own.`
  return { severity: 'error', code: 'several-documents', message, source, line: file.lineOf('', 1) }
}

async function readApiFile (path: string): Promise<SourceFile | Broken> {
  if (extname(path) === '.json') return withoutText(await readSource(path))
  const document = await readPlainly(path)
  return document === undefined ? await readSource(path) : { path, documents: [document], lineOf: linesAgain(path).lineOf }
}

/** The text of a JSON document takes more memory than what is made of it, and hardly ever is a line asked for before it is let go. */
function withoutText (file: SourceFile | Broken): SourceFile | Broken {
  return isBroken(file) ? file : { path: file.path, documents: file.documents, lineOf: linesAgain(file.path).lineOf }
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
    return decodeText(readFileSync(path))
  } catch {
    return ''
  }
}

/**
 * Reads a parsed API document; `fetch` is for a document whose `path` is a URL.
 */
export async function readDocument (
  document: Record<string, unknown>, path: string, source: string, lines: DocumentLines | undefined, choose: ServiceChooser,
  fetch?: FetchReference
): Promise<LoadedApi> {
  const { document: resolved, missing, others } = await resolveReferences(document, path, fetch)
  const hints = hintsOf(resolved)
  const title = memberOf(resolved.info, 'title')
  // As reading the document takes it: YAML makes a number of some titles.
  const name = typeof title === 'number' || typeof title === 'boolean' ? String(title) : textAt(resolved.info, 'title')
  const api = readOpenApi(resolved, { service: choose(path, name, hints), source })
  const problems = missing.map((dead): Problem =>
    ({ severity: 'warning', code: 'unresolved-reference', message: dead.message, source, where: dead.where, line: lines?.lineOf(dead.where) }))
  return { api, hints, others, lines, problems }
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
