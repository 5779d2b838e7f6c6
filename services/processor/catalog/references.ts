import { readFile } from 'node:fs/promises'
import SwaggerParser from '@apidevtools/swagger-parser'
import type { OpenAPI } from 'openapi-types'
import { parse } from 'yaml'
import { messageOf } from '../../runtime/errors.ts'
import { decodeText, maxAliasCount } from './document.ts'

type JsonObject = Record<string, unknown>

/** A document whose path items and parameters hold no references any more, and the references that led nowhere. */
export interface Resolved {
  document: JsonObject
  missing: DeadReference[]
  /** Every other file or URL that was asked for, also in vain. */
  others: string[]
}

/** Reads a document that a fetched one refers to; rejects when it may not or cannot. */
export type FetchReference = (url: string) => Promise<string>

/** A reference that leads nowhere; `where` is a JSON pointer, '' when the place is not known. */
export interface DeadReference { message: string, where: string }

/**
 * Resolves the references of an OpenAPI document as far as routes need them: schemas, bodies and examples stay as they
 * are. A file may refer to other files; a document that was fetched (with `fetch`) to other URLs and never to files.
 * References that lead nowhere are told and left in place, and those that multiply without end, once `limitMs` are over.
 * Changes the document that it is handed.
 */
export async function resolveReferences (
  document: JsonObject, path: string, fetch?: FetchReference, limitMs = longestMs
): Promise<Resolved> {
  const { swagger, openapi, info } = document
  // The parser refuses documents for their version or their info; what it is asked here depends on neither.
  const neutral = { ...document, swagger: undefined, openapi: '3.1.0', info: {}, paths: document.paths ?? {} }
  const parser = new SwaggerParser()
  const missing: DeadReference[] = []
  await parser.dereference(path, neutral as unknown as OpenAPI.Document, {
    continueOnError: true,
    timeoutMs: limitMs,
    resolve: fetch === undefined
      ? { http: false }
      : { file: false, http: { canRead: true, read: async ({ url }: { url: string }) => await fetch(url) } },
    parse: { yaml: { parse: parseYaml } },
    dereference: { circular: 'ignore', excludedPathMatcher: isBeyondRoutes },
  }).catch((error: unknown) => { missing.push(...deadReferences(error)) })
  const resolved: JsonObject = { ...(parser.api as unknown as JsonObject | null ?? neutral), swagger, openapi, info }
  if (document.paths === undefined) delete resolved.paths
  return { document: resolved, missing, others: parser.$refs.paths().filter((name) => name !== path) }
}

/** The largest documents there are take seconds. */
const longestMs = 60_000

/** The parser's own reader knows no merge keys (`<<`). */
function parseYaml ({ data }: { data: unknown }): unknown {
  return parse(String(data), { merge: true, uniqueKeys: false, prettyErrors: false, maxAliasCount })
}

/** What the parser's own reader does not know (merge keys), or does not count: aliases, which may multiply without end. */
function needsCare (text: string): boolean {
  return text.includes('<<') || (/(?:^|[\s[{,])&[^\s,[\]{}]+(?=\s|$)/m.test(text) && /(?:^|[\s[{,])\*[^\s,[\]{}]+(?=[\s,\]}]|$)/m.test(text))
}

/**
 * Reads a YAML file with the parser's own reader, which takes a third of the time and memory of one that keeps positions.
 * Undefined when it cannot, also for merge keys, aliases and UTF-16: whoever asks must then read it in another way.
 */
export async function readPlainly (path: string): Promise<unknown> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  const text = bytes.toString()
  if (text === '' || decodeText(bytes) !== text.replace(/^\uFEFF/, '') || needsCare(text)) return undefined
  const parser = new SwaggerParser()
  // It refuses versions that it does not know only after it has read the file.
  await parser.parse(path, { resolve: { http: false } }).catch(() => undefined)
  return parser.api as unknown ?? undefined
}

const beyondRoutes = /\/(?:schema|schemas|definitions|examples?|x-[^/]*|requestBody|requestBodies|content|headers|links|callbacks)(?:\/|$)/

function isBeyondRoutes (pointer: string): boolean {
  // Names of paths and components may be anything; only keys below a path item or a component are looked at.
  const inside = pointer.replace(/^#?\/paths\/[^/]*/, '')
  return beyondRoutes.test(inside)
}

function deadReferences (error: unknown): DeadReference[] {
  const errors: unknown[] = isGroup(error) ? error.errors : [error]
  const dead = errors.map((item): DeadReference => ({ message: shorten(messageOf(item)), where: pointerOf(item) }))
  return [...new Map(dead.map((item) => [item.message, item])).values()]
}

function isGroup (error: unknown): error is { errors: unknown[] } {
  return typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
}

/** The parser repeats the path and the system's own words. */
function shorten (message: string): string {
  const file = /^Error opening file (?:"([^"]+)"|(.+?)): (?:([A-Z]+): )?/.exec(message)
  return file === null ? message : `a referenced file cannot be read: ${file[1] ?? file[2]}${file[3] === undefined ? '' : ` (${file[3]})`}`
}

function pointerOf (error: unknown): string {
  const path = typeof error === 'object' && error !== null && 'path' in error && Array.isArray(error.path) ? error.path : []
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
