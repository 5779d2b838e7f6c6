/** Operations that the gateway's routes do not lead to. */
import type { Endpoint, GatewayMap, GatewayRoute, Match, MatchRequest, Problem } from '../endpoint.ts'
import { hostsOf, text, texts } from '../gateway-groups.ts'
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
  const known = Array.isArray(map?.routes) ? map.routes.filter((route) => typeof route === 'object' && route !== null) : []
  const byService = groupRoutes(known, ({ service }) => text(service))
  const byHost = groupRoutes(known, ({ service_url: url }) => hostOf(url))
  return (subject) => {
    const { endpoint, mount } = subject
    const routes = byService.get(endpoint.service) ?? mount.hosts.flatMap((host) => byHost.get(splitPort(host).name) ?? [])
    if (routes.length === 0 || routes.some(isPattern)) return undefined
    return routes.some((route) => requestsFor(route, subject, fresh).some((request) => {
      const found = match(request)
      return found.endpoint === endpoint && found.gateway === route
    }))
  }
}

/** The finding about an operation that no route leads to. */
export function lintRoutes ({ endpoint }: { endpoint: Endpoint }): Problem {
  const message = `No route of the gateway leads to ${nameOf(endpoint)}, though routes of its service exist. ` +
    'Add its path and method to a route, or delete the operation.'
  return { severity: 'warning', code: 'no-gateway-route', message, source: endpoint.source, where: endpoint.where }
}

function groupRoutes (routes: readonly GatewayRoute[], keyOf: (route: GatewayRoute) => string): Map<string, GatewayRoute[]> {
  const groups = new Map<string, GatewayRoute[]>()
  for (const route of routes) {
    const key = keyOf(route)
    if (key === '') continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [route])
    else group.push(route)
  }
  return groups
}

function isPattern ({ paths, headers }: GatewayRoute): boolean {
  return texts(paths).some((path) => path.startsWith('~')) || Object.values(headers ?? {}).some((values) => texts(values)[0]?.startsWith('~*'))
}

/** What clients may send so that the service sees the operation's path: the route's prefix goes, the service's path comes. */
function requestsFor (route: GatewayRoute, subject: Subject, fresh: string): MatchRequest[] {
  const { endpoint, mount, full, stripped } = subject
  const prefixes = texts(route.paths).length === 0 ? [''] : texts(route.paths)
  const base = pathOf(route.service_url)
  const paths = [...full, ...stripped].map((form) => writePath(form, () => fresh))
  const host = hostsOf(route)[0] ?? mount.hosts[0]
  const headers = Object.fromEntries(Object.entries(route.headers ?? {}).map(([name, values]) =>
    [name.toLowerCase(), texts(values)[0] ?? '']))
  const strips = route.strip_path !== false
  const known = { method: askedMethod(endpoint), headers, ...host === undefined || host === '' ? {} : { host: writeHost(host)! } }
  return prefixes.flatMap((prefix) => paths.flatMap((path) => externalPaths(path, prefix, base, strips)))
    .map((path) => ({ ...known, path }))
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
