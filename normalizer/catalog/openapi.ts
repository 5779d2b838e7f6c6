/**
 * OpenAPI 2.0 (Swagger), 3.0, 3.1 and 3.2 documents: https://spec.openapis.org/oas/. Lenient by design: what can be
 * read is read, what cannot is a problem.
 */
import type { ApiDocument, ApiOperation, ApiPath, Endpoint, Problem, Server } from '../endpoint.ts'
import { foldKey } from '../template.ts'
import { documentUrl } from './document-url.ts'
import { documentedValues, namesSuccessor } from './documented.ts'
import { methods, nearestKey, oddFields } from './lint-item.ts'
import { lintPath } from './lint-path.ts'
import type { Warn } from './lint-path.ts'
import { lintServers } from './lint-servers.ts'
import { isObject, objectsOf, pointerStep, resolve, textOf } from './references.ts'
import type { Json } from './references.ts'
import { readServers, readSwaggerServer } from './servers.ts'

/** What the document itself does not say. */
export interface ReadOptions {
  /** The catalog service that the document describes. */
  service: string
  /** Names the document in problems: a path or URL. */
  source: string
  /** JSON pointers of references that lead nowhere and that the caller tells of: they are not told again. */
  dead?: ReadonlySet<string>
}

/**
 * Reads a parsed API document. Internal references of path items and parameters are followed; external ones are
 * problems, so bundle the document first. Never throws: junk gives a document without paths and with problems.
 */
export function readOpenApi (document: unknown, options: ReadOptions): ApiDocument {
  const reader = createReader(document, options)
  const paths = readPaths(reader)
  const { service, source, api, apiVersion, format, servers, problems } = reader
  return { service, source, api, apiVersion, format, servers, paths, problems }
}

interface Reader extends Required<ReadOptions> {
  root: Json
  api: string
  apiVersion: string
  format: string
  /** What relative server URLs are resolved against. */
  url: string
  servers: readonly Server[]
  problems: Problem[]
}

const anyMethod = 'x-amazon-apigateway-any-method'

function createReader (document: unknown, options: ReadOptions): Reader {
  const root = isObject(document) ? document : {}
  const info = isObject(root.info) ? root.info : {}
  const format = formatOf(root)
  const [service, source] = [textOf(options?.service), textOf(options?.source)]
  const [api, apiVersion] = [textOf(info.title), textOf(info.version)]
  const dead = options?.dead ?? new Set<string>()
  const reader: Reader = { service, source, dead, root, api, apiVersion, format, url: documentUrl(root, source), servers: [], problems: [] }
  if (!isObject(document)) report(reader, 'error', 'not-a-document', 'The document is not an object.', '')
  else if (format === '') report(reader, 'error', 'unknown-format', 'The document states neither swagger 2.0 nor openapi 3; read as OpenAPI 3.', '')
  lintVersion(reader)
  const own = format === '2.0' ? readSwaggerServer(root) : readServers(root, [], reader.url)
  if (format !== '2.0') lintServers(root, '', warnFor(reader))
  reader.servers = own.length === 0 ? [{ host: '', basePath: '' }] : own
  return reader
}

function formatOf (root: Json): string {
  const stated = textOf(root.openapi) || textOf(root.swagger)
  // What YAML makes of 2.0 and 3.0 without quotes.
  if (/^[23]$/.test(stated)) return `${stated}.0`
  return /^(?:2\.0|3\.\d+)(?=$|\.)/.exec(stated)?.[0] ?? ''
}

/** A number is no version: 3.10 would be 3.1. */
function lintVersion (reader: Reader): void {
  const key = ['openapi', 'swagger'].find((name) => typeof reader.root[name] === 'number')
  if (key === undefined || reader.format === '') return
  const wanted = reader.format === '2.0' ? 'swagger: "2.0"' : `openapi: "${reader.format}.0"`
  report(reader, 'warning', 'version-not-text', `The version is a number, read as ${reader.format}. Write it in quotes: ${wanted}.`, `/${key}`)
}

function readPaths (reader: Reader): ApiPath[] {
  const { root } = reader
  const paths = resolve(root, root.paths) ?? root.paths
  const overloads = isObject(root[queryPaths]) ? readItems(reader, root[queryPaths], queryPaths) : []
  if (isObject(paths)) return [...readItems(reader, paths, 'paths'), ...overloads]
  if (paths !== undefined && paths !== null) report(reader, 'error', 'invalid-paths', '"paths" is not an object.', '/paths')
  else if (paths === undefined) lintNoPaths(reader)
  else report(reader, 'warning', 'no-paths', 'The document declares no paths.', '/paths')
  return overloads
}

function lintNoPaths (reader: Reader): void {
  const { root } = reader
  const mistyped = Object.keys(root).find((key) => isObject(root[key]) && nearestKey(key, ['paths']) !== undefined)
  if (mistyped !== undefined) {
    report(reader, 'error', 'no-paths', `"${mistyped}" is no field of a document, so that all it declares is lost. Write "paths".`, `/${pointerStep(mistyped)}`)
  } else if (!isObject(root.webhooks)) report(reader, 'warning', 'no-paths', 'The document declares no paths.', '')
}

/** Paths that Azure tells apart by their query: https://azure.github.io/autorest/extensions/ */
const queryPaths = 'x-ms-paths'

function readItems (reader: Reader, paths: Json, step: string): ApiPath[] {
  return Object.keys(paths).filter((key) => !key.startsWith('x-')).flatMap((key) => readPath(reader, key, paths[key], step))
}

function readPath (reader: Reader, key: string, value: unknown, step: string): ApiPath[] {
  const where = `/${step}/${pointerStep(key)}`
  if (!isObject(value) && value !== null) {
    report(reader, 'error', 'invalid-path-item', `The path item of ${key} is not an object, so that what it declares is lost. Write an object of operations.`, where)
    return []
  }
  return [readItem(reader, key, value ?? {}, where)]
}

function readItem (reader: Reader, key: string, value: Json, where: string): ApiPath {
  const told = reader.problems.length
  const item = mergeReference(reader, value, where)
  const servers = reader.format === '2.0' ? reader.servers : readServers(item, reader.servers, reader.url)
  const raw = operationsOf(item)
  const operations = raw.flatMap(([name, method, operation]) =>
    readOperation(reader, { key, where: `${where}/${name}`, method, item, operation, servers }))
  lintPath({ root: reader.root, key, where, item, operations: raw }, warnFor(reader))
  if (reader.format !== '2.0') lintServers(item, where, warnFor(reader))
  lintFields(reader, key, where, item)
  const isTold = reader.dead.has(where) || reader.problems.slice(told).some(({ severity }) => severity === 'error')
  if (operations.length === 0 && !isTold) {
    report(reader, 'error', 'empty-path-item', `${key} declares no operation: its requests count as method_not_declared. Declare its operations, or delete it.`, where)
  }
  return { template: key, where, greedy: greedyNames(reader, item), servers, operations }
}

function lintFields (reader: Reader, key: string, where: string, item: Json): void {
  for (const { name, isLost, message } of oddFields(item, key)) {
    const [severity, code] = isLost ? ['error', 'mistyped-operation'] as const : ['warning', 'unknown-field'] as const
    report(reader, severity, code, message, `${where}/${pointerStep(name)}`)
  }
}

/** A path item may refer to another; what stands beside the reference wins. */
function mergeReference (reader: Reader, item: Json, where: string): Json {
  if (item.$ref === undefined) return item
  const target = resolve(reader.root, item)
  if (target === undefined) {
    reportDead(reader, textOf(item.$ref), where)
    return item
  }
  return { ...target, ...item }
}

function reportDead (reader: Reader, reference: string, where: string): void {
  if (!reader.dead.has(where)) report(reader, 'error', 'unresolved-reference', `The reference ${reference} leads nowhere inside the document.`, where)
}

function operationsOf (item: Json): Array<[string, string, unknown]> {
  const fixed = methods.filter((name) => item[name] !== undefined)
    .map((name): [string, string, unknown] => [name, name.toUpperCase(), item[name]])
  const additional = isObject(item.additionalOperations) ? item.additionalOperations : {}
  const named = Object.entries(additional).map(([name, operation]): [string, string, unknown] =>
    [`additionalOperations/${pointerStep(name)}`, name, operation])
  const any = item[anyMethod] === undefined ? [] : [[anyMethod, '*', item[anyMethod]] as [string, string, unknown]]
  return [...fixed, ...named, ...any]
}

interface RawOperation { key: string, where: string, method: string, item: Json, operation: unknown, servers: readonly Server[] }

function readOperation (reader: Reader, { key, where, method, item, operation: raw, servers }: RawOperation): ApiOperation[] {
  // References stand for operations, too, though no version of the specification says so.
  const target = resolve(reader.root, raw)
  const operation = target ?? raw
  if (!isObject(operation)) {
    if (operation === null) report(reader, 'error', 'empty-operation', `${method} ${key} is empty, and counts as not declared. Write an object with responses, or delete it.`, where)
    else report(reader, 'error', 'invalid-operation', `${method} ${key} is not an object, and counts as not declared. Write an object with responses, or delete it.`, where)
    return []
  }
  if (target === undefined) reportDead(reader, textOf(operation.$ref), where)
  const own = reader.format === '2.0' ? servers : readServers(operation, servers, reader.url)
  const endpoint: Endpoint = {
    method,
    template: key,
    route: (own[0]?.basePath ?? '') + foldKey(key).path,
    operationId: textOf(operation.operationId),
    service: reader.service,
    api: reader.api,
    apiVersion: reader.apiVersion,
    deprecated: operation.deprecated === true,
    statuses: isObject(operation.responses) ? Object.keys(operation.responses).filter((status) => !status.startsWith('x-')) : [],
    source: reader.source,
    where,
  }
  if (reader.format !== '2.0') lintServers(operation, where, warnFor(reader))
  const values = documentedValues(reader.root, [item, operation].flatMap((holder) => ownPathParameters(reader, holder)))
  return [{
    endpoint,
    servers: own,
    ...values.length > 0 ? { values } : {},
    ...endpoint.deprecated && namesSuccessor(reader.root, operation) ? { successor: true } : {},
  }]
}

/** Names of path parameters that say they span segments, e.g. `x-greedy: true` or GitHub's `x-multi-segment: true`. */
function greedyNames (reader: Reader, item: Json): string[] {
  const parameters = pathParameters(reader, item)
  const all = [item, ...operationsOf(item).map(([, , operation]) => operation)].some(saysGreedy)
  return parameters.filter((parameter) => all || saysGreedy(parameter)).map((parameter) => textOf(parameter.name))
}

function saysGreedy (holder: unknown): boolean {
  return isObject(holder) && Object.keys(holder).some((key) =>
    key.startsWith('x-') && holder[key] === true && /(?:greedy(?:-path-parameter)?|multi-?segments?|reserved-?expansion|catch-?all)$/i.test(key))
}

function pathParameters (reader: Reader, item: Json): Json[] {
  const lists = [item, ...operationsOf(item).map(([, , operation]) => operation)]
  return lists.flatMap((holder) => isObject(holder) ? ownPathParameters(reader, holder) : [])
}

function ownPathParameters (reader: Reader, holder: Json): Json[] {
  return objectsOf(holder.parameters).map((parameter) => resolve(reader.root, parameter))
    .filter((parameter): parameter is Json => parameter?.in === 'path')
}

function warnFor (reader: Reader): Warn {
  return (code, message, where) => { report(reader, 'warning', code, message, where) }
}

function report (reader: Reader, severity: Problem['severity'], code: string, message: string, where: string): void {
  reader.problems.push({ severity, code, message, source: reader.source, where })
}
