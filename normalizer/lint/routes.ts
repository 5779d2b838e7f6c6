/** Operations that the gateway's routes do not lead to. */
import type { Endpoint, GatewayMap, GatewayRule, Match, MatchRequest, Problem } from '../endpoint.ts'
import { text, texts } from '../gateway-groups.ts'
import { rulesOf } from '../gateway-rules.ts'
import { splitPort } from '../hosts.ts'
import { normalizeHost } from '../path.ts'
import { writeHost, writePath } from './samples.ts'
import { askedMethod, nameOf } from './subjects.ts'
import type { Subject } from './subjects.ts'

/** Tells whether some request that the gateway lets through reaches an operation; undefined when that cannot be told. */
export type Leads = (subject: Subject) => boolean | undefined

/**
 * Writes requests for the routes of the operation's service. A route with a pattern may lead anywhere; a document that
 * no route claims by service or host may be anyone's.
 */
export function createLeads (map: GatewayMap | undefined, fresh: string, match: (request: MatchRequest) => Match): Leads {
  const known = rulesOf(map)
  const byService = groupRules(known, ({ route }) => text(route.service))
  const byHost = groupRules(known, ({ route }) => hostOf(route.service_url))
  return (subject) => {
    const { endpoint, mount } = subject
    const rules = byService.get(endpoint.service) ?? mount.hosts.flatMap((host) => byHost.get(splitPort(host).name) ?? [])
    if (rules.length === 0 || rules.some(isPattern)) return undefined
    return rules.some((rule) => requestsFor(rule, subject, fresh).some((request) => {
      const found = match(request)
      return found.endpoint === endpoint && found.gateway === rule.route
    }))
  }
}

/** The finding about an operation that no route leads to. */
export function lintRoutes ({ endpoint }: { endpoint: Endpoint }): Problem {
  const message = `No route of the gateway leads to ${nameOf(endpoint)}, though routes of its service exist. ` +
    'Add its path and method to a route, or delete the operation.'
  return { severity: 'warning', code: 'no-gateway-route', message, source: endpoint.source, where: endpoint.where }
}

function groupRules (rules: readonly GatewayRule[], keyOf: (rule: GatewayRule) => string): Map<string, GatewayRule[]> {
  const groups = new Map<string, GatewayRule[]>()
  for (const rule of rules) {
    const key = keyOf(rule)
    if (key === '') continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [rule])
    else group.push(rule)
  }
  return groups
}

function isPattern ({ path, headers }: GatewayRule): boolean {
  return path.kind === 'regex' || (headers ?? []).some(({ values, patterns }) => texts(values).length === 0 && texts(patterns).length > 0)
}

/** What clients may send so that the service sees the operation's path: the route's prefix goes, the service's path comes. */
function requestsFor (rule: GatewayRule, subject: Subject, fresh: string): MatchRequest[] {
  const { endpoint, mount, full, stripped } = subject
  const prefix = 'value' in rule.path ? rule.path.value : ''
  const base = pathOf(rule.route.service_url)
  const paths = [...full, ...stripped].map((form) => writePath(form, () => fresh))
  const host = texts(rule.hosts)[0] ?? mount.hosts[0]
  const headers = Object.fromEntries((rule.headers ?? []).map(({ name, values }) => [name.toLowerCase(), texts(values)[0] ?? '']))
  const strips = rule.strip === true
  const known = { method: askedMethod(endpoint), headers, ...host === undefined || host === '' ? {} : { host: writeHost(host)! } }
  return paths.flatMap((path) => externalPaths(path, prefix, base, strips)).map((path) => ({ ...known, path }))
}

function externalPaths (path: string, prefix: string, base: string, strips: boolean): string[] {
  const rest = base !== '' && (path === base || path.startsWith(`${base}/`)) ? path.slice(base.length) : path
  const candidates = strips ? [prefix.replace(/\/+$/, '') + rest, prefix.replace(/\/+$/, '') + path] : [path, rest]
  return [...candidates, path].filter((candidate) => candidate.startsWith(prefix) && candidate.startsWith('/'))
}

function hostOf (url: unknown): string {
  return splitPort(normalizeHost(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text(url))?.[1] ?? '')).name
}

function pathOf (url: unknown): string {
  return (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(text(url))?.[1] ?? '').replace(/\/+$/, '')
}
