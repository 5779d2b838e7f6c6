import { declaresStatus } from '../../processor/statuses.ts'
import type { Declared, Verdict } from './declared.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { levels } from './finding.ts'
import type { DriftKind, Finding, Level } from './finding.ts'
import { groupBy } from './group.ts'
import { isServed } from './seen.ts'
import type { Seen } from './seen.ts'

/** What is asked of the requests that were seen. */
export interface DriftQuestion {
  kinds: readonly DriftKind[]
  /** Findings of fewer requests are left out; unused operations have none and stay. */
  minRequests: number
  /** Count statuses that the gateway made, too. */
  gatewayStatuses: boolean
}

interface Judged { seen: Seen, verdict: Verdict }

/** Compares requests with what is declared: the findings, the worst and fullest first. */
export function findDrift (seen: readonly Seen[], declared: Declared, question: DriftQuestion): Finding[] {
  const judged = seen.map((item): Judged => ({ seen: item, verdict: declared.judge(item) }))
  const found = [undocumentedPaths(judged), undeclaredMethods(judged), undeclaredStatuses(judged, question), deprecatedOperations(judged)]
  return sortFindings(found.flat().filter(({ kind, requests }) => question.kinds.includes(kind) && requests >= question.minRequests))
}

/** Operations whose last request is older than `before` (epoch ms), or that have none in `seen`; those forgotten longest come first. */
export function findUnused (seen: readonly Seen[], declared: Declared, before: number): Finding[] {
  const lastUse = new Map<string, number>()
  const use = (key: string, time: number): void => { lastUse.set(key, Math.max(time, lastUse.get(key) ?? 0)) }
  for (const item of seen) {
    const verdict = declared.judge(item)
    if (verdict.is !== 'operation') continue
    use(keyOf(verdict.operation), item.last_seen)
    // Where nothing tells two documents apart, a request uses the operations of both.
    if (item.outcome === 'ambiguous') use(keyOf({ ...verdict.operation, service: '*' }), item.last_seen)
  }
  const owners = ownersOf(seen)
  return declared.operations.flatMap((operation): Finding[] => {
    const last = Math.max(lastUse.get(keyOf(operation)) ?? 0, lastUse.get(keyOf({ ...operation, service: '*' })) ?? 0)
    return last < before ? [unusedFinding(operation, last, owners.get(operation.service) ?? declared.ownerOf(operation.service))] : []
  }).sort((a, b) => (a.last_seen ?? 0) - (b.last_seen ?? 0) || compareText(nameOf(a), nameOf(b)))
}

/** What was seen of undocumented paths, by service and route: what a suggestion is made of. */
export function undocumentedGroups (seen: readonly Seen[], declared: Declared): Seen[] {
  return seen.filter((item) => declared.judge(item).is === 'path')
}

function undocumentedPaths (judged: readonly Judged[]): Finding[] {
  const paths = judged.filter(({ verdict }) => verdict.is === 'path')
  return [...groupBy(paths, ({ seen }) => `${seen.service}\n${seen.route}`).values()].map((group) => {
    const { route } = group[0]!.seen
    return summarize(group, { kind: 'undocumented-path', method: '', route }, ({ served }) => served > 0 ? 'error' : 'note')
  })
}

function undeclaredMethods (judged: readonly Judged[]): Finding[] {
  const methods = judged.flatMap(({ seen, verdict }) => verdict.is === 'method' ? [{ seen, verdict, route: verdict.route }] : [])
  return [...groupBy(methods, ({ seen, route }) => `${seen.service}\n${route}\n${seen.method}`).values()].map((group) => {
    const { seen: { method }, route } = group[0]!
    return summarize(group, { kind: 'undeclared-method', method, route }, ({ served }) => served > 0 ? 'error' : 'note')
  })
}

function undeclaredStatuses (judged: readonly Judged[], { gatewayStatuses }: DriftQuestion): Finding[] {
  const wrong = operationsIn(judged).filter(({ seen, operation }) =>
    (gatewayStatuses ? seen.status !== 0 : !seen.by_gateway) && !declaresStatus(operation.statuses, seen.status))
  return [...groupBy(wrong, ({ seen, operation }) => `${keyOf(operation)}\n${seen.status}`).values()].map((group) => {
    const { seen: { status }, operation } = group[0]!
    const finding = summarize(group, { kind: 'undeclared-status', ...placeOf(operation), status, operation }, () => levelOfStatus(status))
    // It is the backend's doing, whoever calls; the store does not tell callers apart here either.
    return { ...finding, partners: new Map() }
  })
}

function deprecatedOperations (judged: readonly Judged[]): Finding[] {
  const used = operationsIn(judged).filter(({ operation }) => operation.deprecated)
  return [...groupBy(used, ({ operation }) => keyOf(operation)).values()].map((group) => {
    const { operation } = group[0]!
    return summarize(group, { kind: 'deprecated-operation', ...placeOf(operation), operation }, () => 'warning')
  })
}

/** Few documents list the failures of a server, and none needs to list what HTTP itself answers to a conditional request. */
function levelOfStatus (status: number): Level {
  return status >= 500 || status === 304 ? 'note' : 'warning'
}

function operationsIn (judged: readonly Judged[]): Array<{ seen: Seen, operation: DeclaredOperation }> {
  return judged.flatMap(({ seen, verdict }) => verdict.is === 'operation' ? [{ seen, operation: verdict.operation }] : [])
}

function placeOf ({ method, route }: DeclaredOperation): { method: string, route: string } {
  return { method, route }
}

type Identity = Pick<Finding, 'kind' | 'method' | 'route'> & Partial<Pick<Finding, 'status' | 'operation'>>

function summarize (group: ReadonlyArray<{ seen: Seen }>, identity: Identity, levelOf: (finding: { served: number }) => Level): Finding {
  const items = group.map(({ seen }) => seen)
  const newest = items.reduce((a, b) => isNewer(b, a) ? b : a)
  const served = sumOf(items.filter(isServed))
  return {
    status: null,
    operation: undefined,
    ...identity,
    level: levelOf({ served }),
    service: identity.operation?.service ?? newest.service,
    owner: newest.newest.owner,
    requests: sumOf(items),
    served,
    first_seen: Math.min(...items.map((item) => item.first_seen)),
    last_seen: newest.last_seen,
    methods: totals(items.map((item) => [item.method, item.requests])),
    statuses: totals(items.map((item) => [item.status, item.requests])),
    partners: totals(items.flatMap((item) => [...item.partners])),
    sample: newest.newest,
  }
}

function isNewer (a: Seen, b: Seen): boolean {
  return a.last_seen > b.last_seen || (a.last_seen === b.last_seen && a.newest.request_id > b.newest.request_id)
}

function unusedFinding (operation: DeclaredOperation, last: number, owner: string): Finding {
  const { service, method, route } = operation
  const nothing = { requests: 0, served: 0, methods: new Map(), statuses: new Map(), partners: new Map(), sample: null }
  const seen = { first_seen: null, last_seen: last === 0 ? null : last }
  return { kind: 'unused-operation', level: 'note', service, owner, method, route, status: null, operation, ...nothing, ...seen }
}

function ownersOf (seen: readonly Seen[]): Map<string, string> {
  return new Map(seen.toSorted((a, b) => a.last_seen - b.last_seen).map((item) => [item.service, item.newest.owner]))
}

function keyOf ({ service, method, route }: Pick<DeclaredOperation, 'service' | 'method' | 'route'>): string {
  return `${service}\n${method}\n${route}`
}

function sumOf (items: readonly Seen[]): number {
  return items.reduce((sum, item) => sum + item.requests, 0)
}

/** The sum of each name, fullest first; equal ones in the order of their names. */
function totals<K extends string | number> (counts: ReadonlyArray<readonly [K, number]>): Map<K, number> {
  const sums = new Map<K, number>()
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count)
  return new Map([...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)))
}

function sortFindings (findings: Finding[]): Finding[] {
  return findings.sort((a, b) =>
    levels.indexOf(a.level) - levels.indexOf(b.level) || b.requests - a.requests || compareText(nameOf(a), nameOf(b)))
}

function nameOf ({ kind, service, route, method, status }: Finding): string {
  return [kind, service, route, method, status].join('\n')
}

function compareText (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
