/** What a document says of its operations, whatever is asked: ids, deprecation, paths that look alike. */
import type { ApiDocument, ApiOperation, Endpoint, Problem } from '../endpoint.ts'
import { foldKey, parseTemplate, shapeOf } from '../template.ts'
import { nameOf } from './subjects.ts'

/** Findings of one document that need no other document, but for the successors that others may hold. */
export function lintOperations (api: ApiDocument, successors: Successors): Problem[] {
  const operations = api.paths.flatMap((path) => path.operations)
  return [
    ...lintCase(api),
    ...lintIds(operations),
    ...operations.flatMap((operation) => lintDeprecated(operation, successors)),
  ]
}

/** Operations that may succeed a deprecated one, by what stays when versions are left out. */
export type Successors = ReadonlyMap<string, readonly Version[]>

interface Version { endpoint: Endpoint, version: readonly number[] }

/** Indexes the operations that are not deprecated. */
export function indexSuccessors (apis: readonly ApiDocument[]): Successors {
  const index = new Map<string, Version[]>()
  for (const { endpoint } of apis.flatMap((api) => api.paths.flatMap((path) => path.operations))) {
    if (endpoint.deprecated) continue
    const key = versionless(endpoint)
    const known = index.get(key)
    if (known === undefined) index.set(key, [{ endpoint, version: versionOf(endpoint) }])
    else known.push({ endpoint, version: versionOf(endpoint) })
  }
  return index
}

function lintIds (operations: readonly ApiOperation[]): Problem[] {
  const first = new Map<string, Endpoint>()
  return operations.flatMap(({ endpoint }) => {
    const { operationId } = endpoint
    if (operationId === '') {
      return [of(endpoint, 'no-operation-id', `${nameOf(endpoint)} has no operationId, by which events and reports name it. Give it one.`)]
    }
    const other = first.get(operationId)
    if (other === undefined) first.set(operationId, endpoint)
    return other === undefined
      ? []
      : [of(endpoint, 'duplicate-operation-id', `${nameOf(endpoint)} has the operationId ${operationId} of ${nameOf(other)}: reports cannot tell them apart. Give it one of its own.`)]
  })
}

/** Paths of one document that only case tells apart: one of them is mostly a slip, and each has a route of its own. */
function lintCase (api: ApiDocument): Problem[] {
  const first = new Map<string, { template: string, shape: string }>()
  return api.paths.flatMap(({ template, where, servers }) => {
    const { segments, slash } = parseTemplate(foldKey(template).path)
    const shape = shapeOf(segments, slash)
    const key = `${servers.map(({ host, basePath }) => host + basePath).join(' ')} ${shape.toLowerCase()}`
    const other = first.get(key)
    if (other === undefined) first.set(key, { template, shape })
    return other === undefined || other.shape === shape
      ? []
      : [problem(api, 'case-twin', where, `${template} differs from ${other.template} by case only, and paths are case-sensitive. Keep the one that the service answers.`)]
  })
}

function lintDeprecated ({ endpoint, successor }: ApiOperation, successors: Successors): Problem[] {
  if (!endpoint.deprecated || successor === true) return []
  const version = versionOf(endpoint)
  const candidates = successors.get(versionless(endpoint)) ?? []
  if (candidates.some((candidate) => isNewer(candidate.version, version))) return []
  return [of(endpoint, 'deprecated-without-successor', `${nameOf(endpoint)} is deprecated and nothing says what to use instead, or until when it works. ` +
    'Name it in the description or in x-successor, or declare the response headers Sunset, Deprecation or Link.')]
}

const versionSegment = /^v?\d+(?:[._-]\d+)*(?:-?(?:alpha|beta|rc|preview)\d*)?$/i

/** Service, method and path without its version, names of parameters left out. */
function versionless ({ service, method, route }: Endpoint): string {
  const { segments, slash } = parseTemplate(route)
  return `${service} ${method} ${shapeOf(segments.filter((segment) => segment.kind !== 'static' || !versionSegment.test(segment.text)), slash)}`
}

/** The version in the path, else the document's. */
function versionOf ({ route, apiVersion }: Endpoint): number[] {
  const inPath = route.split('/').find((segment) => versionSegment.test(segment))
  return ((inPath ?? apiVersion).match(/\d+/g) ?? []).map(Number)
}

function isNewer (candidate: readonly number[], version: readonly number[]): boolean {
  for (let index = 0; index < Math.max(candidate.length, version.length); index++) {
    const difference = (candidate[index] ?? 0) - (version[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

function of ({ source, where }: Endpoint, code: string, message: string): Problem {
  return { severity: 'warning', code, message, source, where }
}

function problem ({ source }: ApiDocument, code: string, where: string, message: string): Problem {
  return { severity: 'warning', code, message, source, where }
}
