/** What golden cases declare: documents in short (`operations: [GET /users]`) or whole (`document`), and a kong.yml. */
import { readKong, readOpenApi } from '../../normalizer/index.ts'
import type { ApiDocument, CompileOptions } from '../../normalizer/index.ts'

export interface Declarations { apis?: ApiConfig[], kong?: unknown }

interface ApiConfig { service?: string, source?: string, servers?: unknown, operations?: string[], document?: unknown }

/** Reads the documents of a case; those without a name are called by their place. */
export function readApis ({ apis = [] }: Declarations): ApiDocument[] {
  return apis.map((api, index) =>
    readOpenApi(api.document ?? shortDocument(api), { service: api.service ?? 'service', source: api.source ?? `${index}.yaml` }))
}

/** What to compile the documents of a case with. */
export function compileOptions ({ kong }: Declarations): CompileOptions {
  return kong === undefined ? {} : { gateway: readKong(kong, { source: 'kong.yml' }).gateway }
}

function shortDocument ({ servers, operations = [] }: ApiConfig): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const space = operation.indexOf(' ')
    const key = operation.slice(space + 1)
    const names = [...key.matchAll(/\{[^A-Za-z]*([^{}+*=]*)[^{}]*\}/g)].map((match) => match[1])
    const item = (paths[key] ??= { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: {} })) })
    if (space > 0) item[operation.slice(0, space).toLowerCase()] = { operationId: operation, responses: { 200: {} } }
  }
  return { openapi: '3.1.0', info: { title: 'Test', version: '1' }, servers, paths }
}
