/**
 * What documents lack as OpenAPI Overlays, https://spec.openapis.org/overlay/v1.0.0.html: a tool for overlays adds it to the
 * documents, and the findings end.
 */
import { relative } from 'node:path'
import { stepsOf } from '../../processor/catalog/reading/member.ts'
import { answersByPath } from './answers.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import type { Finding } from './finding.ts'
import { groupBy } from './group.ts'
import type { Comparison } from './options.ts'
import type { Seen } from './seen.ts'
import { standingAt } from './standing.ts'
import type { Written } from './standing.ts'
import { describePaths, missingMethods, missingPaths, pathItems } from './suggest.ts'
import type { Suggestion, Wanted } from './suggest.ts'
import { describeOperations, describeStatus, methodsWithKey, parametersOf } from './suggest-operation.ts'
import type { Choice } from './suggest-operation.ts'
import { chooseBase } from './suggest-path.ts'

interface Action { target: string, update: object }

/** A document of the catalog, by what it declares, and what was seen that it does not. */
interface Document { operations: readonly DeclaredOperation[], paths: Seen[], methods: Seen[], statuses: Finding[] }

/**
 * Overlays, one for each document that lacks something: undocumented paths and undeclared methods that backends serve, and
 * undeclared statuses. New paths go to the document of their service that declares most; a service without one has no overlay.
 * The overlays name the documents as seen from `folder`; `written` says where operations stand in them.
 */
export function suggestOverlays (comparison: Comparison, wanted: Wanted, folder: string, written: Written): Suggestion[] {
  return documentsOf(comparison, wanted).flatMap((document) => {
    const [{ service, api, source }] = document.operations as [DeclaredOperation]
    const actions = actionsFor(document, wanted.minRequests, written)
    return actions.length === 0 ? [] : [{ service, document: overlayOf(api, extendsOf(source, folder), actions) }]
  }).sort((a, b) => a.service < b.service ? -1 : a.service > b.service ? 1 : 0)
}

function documentsOf (comparison: Comparison, wanted: Wanted): Document[] {
  const { declared: { operations }, result } = comparison
  const fullestFirst = [...groupBy(operations, nameOf)].sort(([, a], [, b]) => b.length - a.length)
  const main = new Map(fullestFirst.toReversed().map(([name, [operation]]) => [operation?.service, name]))
  const declares = answersByPath(operations)
  const methods = missingMethods(comparison, wanted).flatMap((item) => {
    const operation = declares(item)
    return operation === undefined ? [] : [{ name: nameOf(operation), seen: { ...item, route: operation.template } }]
  })
  const paths = missingPaths(comparison, wanted)
  return fullestFirst.map(([name, own]) => ({
    operations: own,
    paths: paths.filter(({ service }) => main.get(service) === name),
    methods: methods.filter((item) => item.name === name).map(({ seen }) => seen),
    statuses: result.findings.filter(({ kind, operation }) => kind === 'undeclared-status' && operation !== undefined && nameOf(operation) === name),
  }))
}

function nameOf ({ service, api, source }: DeclaredOperation): string {
  return [service, api, source].join('\n')
}

function actionsFor ({ operations, paths, methods, statuses }: Document, minRequests: number, written: Written): Action[] {
  const choice = { ids: new Set(operations.map(({ operationId }) => operationId)), minRequests }
  const described = describePaths(pathItems(paths), chooseBase(operations), choice)
  return [
    ...described.length === 0 ? [] : [{ target: '$.paths', update: Object.fromEntries(described) }],
    ...addMethods(methods, choice),
    ...addStatuses(statuses, written),
  ]
}

/** Parameters are declared with the operation: whether the path declares them for all is not known here. */
function addMethods (methods: readonly Seen[], choice: Choice): Action[] {
  return [...groupBy(methods, ({ route }) => route)].sort(byKey).flatMap(([template, requests]): Action[] => {
    const described = describeOperations(groupBy(requests, ({ method }) => method), template, choice)
    const parameters = parametersOf(template)
    const update = Object.fromEntries(Object.entries(described).map(([method, operation]) =>
      [method, parameters.length === 0 ? operation : { parameters, ...operation }]))
    return Object.keys(update).length === 0 ? [] : [{ target: pathTarget(template), update }]
  })
}

function addStatuses (findings: readonly Finding[], written: Written): Action[] {
  const placed = findings.flatMap((finding) => {
    const steps = responsesOf(finding, written)
    return steps === undefined ? [] : [{ target: targetOf(steps), status: finding.status! }]
  })
  return [...groupBy(placed, ({ target }) => target)].sort(byKey).map(([target, found]) => {
    const statuses = found.map(({ status }) => status).sort((a, b) => a - b)
    return { target, update: Object.fromEntries(statuses.map((status) => [status, describeStatus(status)])) }
  })
}

/** The steps to the responses of a finding's operation; undefined when they are not in its document. */
export function responsesOf ({ operation }: Finding, written: Written): string[] | undefined {
  if (operation === undefined) return undefined
  const { source, where, template } = operation
  const steps = [...where === '' ? ['paths', template, ...keysOf(operation)] : stepsOf(where), 'responses']
  return written.has(source) ? standingAt(written.get(source), steps) : steps
}

function keysOf ({ method }: DeclaredOperation): string[] {
  if (method === '*') return ['x-amazon-apigateway-any-method']
  return methodsWithKey.has(method) || method === 'QUERY' ? [method.toLowerCase()] : ['additionalOperations', method]
}

/** Names in JSONPath (RFC 9535): after a dot, or in the quotes that they do not hold themselves, as some tools know no escapes. */
function member (name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`
  return name.includes("'") ? `["${name.replace(/[\\"]/g, '\\$&')}"]` : `['${name.replaceAll('\\', '\\\\')}']`
}

function targetOf (steps: readonly string[]): string {
  return `$${steps.map(member).join('')}`
}

function pathTarget (template: string): string {
  return targetOf(['paths', template])
}

function overlayOf (api: string, document: string, actions: Action[]): Record<string, unknown> {
  return {
    overlay: '1.0.0',
    info: { title: `${api}: what clients use and the document lacks`, version: '0.0.0' },
    ...document === '' ? {} : { extends: document },
    actions,
  }
}

/** A document in the store has no place, and one inside another file none that could be extended. */
function extendsOf (source: string, folder: string): string {
  if (source === '' || source.includes('#')) return ''
  return /^https?:/i.test(source) ? source : relative(folder, source).split('\\').join('/')
}

function byKey ([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
