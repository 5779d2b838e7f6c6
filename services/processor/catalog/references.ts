import SwaggerParser from '@apidevtools/swagger-parser'
import type { OpenAPI } from 'openapi-types'
import { messageOf } from '../../runtime/errors.ts'

type JsonObject = Record<string, unknown>

/** A document whose path items and parameters hold no references any more, and the references that led nowhere. */
export interface Resolved { document: JsonObject, missing: string[] }

/**
 * Resolves the references of an OpenAPI document, also into other files (never over the network), as far as routes need
 * them: schemas, bodies and examples stay as they are. References that lead nowhere are told and left in place.
 * Changes the document that it is handed.
 */
export async function resolveReferences (document: JsonObject, path: string): Promise<Resolved> {
  const { swagger, openapi, info } = document
  // The parser refuses documents for their version or their info; what it is asked here depends on neither.
  const neutral = { ...document, swagger: undefined, openapi: '3.1.0', info: {}, paths: document.paths ?? {} }
  const parser = new SwaggerParser()
  const missing: string[] = []
  await parser.dereference(path, neutral as unknown as OpenAPI.Document, {
    continueOnError: true,
    resolve: { http: false },
    dereference: { circular: 'ignore', excludedPathMatcher: isBeyondRoutes },
  }).catch((error: unknown) => { missing.push(...messagesOf(error)) })
  const resolved: JsonObject = { ...(parser.api as unknown as JsonObject | null ?? neutral), swagger, openapi, info }
  if (document.paths === undefined) delete resolved.paths
  return { document: resolved, missing }
}

const beyondRoutes = /\/(?:schema|schemas|definitions|examples?|x-[^/]*|requestBody|requestBodies|content|headers|links|callbacks)(?:\/|$)/

function isBeyondRoutes (pointer: string): boolean {
  // Names of paths and components may be anything; only keys below a path item or a component are looked at.
  const inside = pointer.replace(/^#?\/paths\/[^/]*/, '')
  return beyondRoutes.test(inside)
}

function messagesOf (error: unknown): string[] {
  const errors = typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]
  return [...new Set(errors.map(messageOf))]
}
