/**
 * The rules by which Kong picks a route, as plain data in Kong's order. Priorities follow the `traditional_compat`
 * router: https://developer.konghq.com/gateway/routing/traditional/
 */
import type { GatewayMap, GatewayRoute, Problem } from './endpoint.ts'
import type { Mount } from './forms.ts'
import { createDescriber, hostsOf, text, texts } from './gateway-groups.ts'
import type { Describer } from './gateway-groups.ts'
import { splitPort } from './hosts.ts'
import { normalizeHost, normalizeText } from './path.ts'
import { compilePattern } from './pattern.ts'
import type { MountSet } from './select.ts'

/** One path of one route. Rules stand in the order in which Kong asks them. */
export interface GatewayRule {
  readonly route: GatewayRoute
  /** What every path that fits begins with, in normal form. */
  readonly prefix: string
  /** Regular expression, '' for a plain prefix. */
  readonly pattern: string
  /** What every path that fits the pattern holds behind the prefix. */
  readonly inner: string
  readonly hosts: ReadonlyArray<{ readonly name: string, readonly port: string }>
  /** Upper case; none = every method. */
  readonly methods: readonly string[]
  /** Lower-case names, and values as they stand in the route. */
  readonly headers: ReadonlyArray<readonly [name: string, values: readonly string[]]>
  readonly hasPath: boolean
  /** Path of the service's URL, without a trailing slash. */
  readonly servicePath: string
  /** The documents of the service leave that path out: they declare nothing below it. */
  readonly isMounted: boolean
  /** The groups of servers that describe the service; null = unknown, all may. */
  readonly groups: MountSet | null
}

/** Reads a gateway map into rules. Junk in the map becomes problems. */
export function prepareGateway (map: GatewayMap | undefined, mounts: readonly Mount[]): { rules: GatewayRule[], problems: Problem[] } {
  const problems: Problem[] = []
  const routes = Array.isArray(map?.routes) ? map.routes.filter((route) => typeof route === 'object' && route !== null) : []
  if (routes.length === 0) return { rules: [], problems }
  const describer = createDescriber(mounts, routes)
  // Sorting keeps the order of the file where nothing else decides.
  return { rules: routes.flatMap((route) => rulesOf(route, describer, problems)).sort(compareRules), problems }
}

// No request has such a path (none begins without a slash), so that the route is found by its name alone.
const noPath = '(pattern)'

function rulesOf (route: GatewayRoute, describer: Describer, problems: Problem[]): GatewayRule[] {
  const shared = {
    route,
    hosts: hostsOf(route).map((host) => splitPort(normalizeHost(host))),
    methods: texts(route.methods).map((method) => method.toUpperCase()),
    headers: Object.entries(route.headers ?? {}).map(([name, values]) =>
      [name.toLowerCase(), texts(values)] as const),
    servicePath: pathOfUrl(route.service_url),
  }
  const paths = texts(route.paths)
  const described = (prefix: string): Pick<GatewayRule, 'groups' | 'isMounted'> => {
    const groups = describer.groupsOf(route, prefix)
    return { groups, isMounted: shared.servicePath !== '' && !describer.declaresBelow(groups, shared.servicePath) }
  }
  if (paths.length === 0) return [{ ...shared, hasPath: false, prefix: '', pattern: '', inner: '', ...described('') }]
  return paths.flatMap((path): GatewayRule[] => {
    const pattern = path.startsWith('~') ? compilePattern(path.slice(1)) : null
    if (path.startsWith('~') && pattern === null) {
      const message = `Route ${text(route.name)}: the pattern ${path} is not understood: only records that name the route find it.`
      problems.push({ severity: 'error', code: 'unsupported-pattern', message, source: 'gateway', where: text(route.name) })
      return [{ ...shared, hasPath: true, prefix: noPath, pattern: '', inner: '', ...described('') }]
    }
    const prefix = pattern?.head ?? normalizeText(path)
    return [{ ...shared, hasPath: true, prefix, pattern: path.slice(pattern === null ? path.length : 1), inner: pattern?.inner ?? '', ...described(prefix) }]
  })
}

/** More kinds of criteria, plain hosts before wildcards, more headers, patterns before prefixes, priority, longer prefix. */
function compareRules (a: GatewayRule, b: GatewayRule): number {
  return weight(b) - weight(a) || Number(plainHosts(b)) - Number(plainHosts(a)) || b.headers.length - a.headers.length ||
    Number(b.pattern !== '') - Number(a.pattern !== '') ||
    (a.pattern === '' ? b.prefix.length - a.prefix.length : (b.route.regex_priority ?? 0) - (a.route.regex_priority ?? 0))
}

function weight ({ methods, headers, hasPath, route: { hosts, snis } }: GatewayRule): number {
  const lists = [methods, headers, texts(hosts), texts(snis)]
  return lists.filter((list) => list.length > 0).length + Number(hasPath)
}

function plainHosts ({ route }: GatewayRule): boolean {
  const hosts = texts(route.hosts)
  return hosts.length > 0 && hosts.every((host) => !host.includes('*'))
}

function pathOfUrl (url: unknown): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(text(url))?.[1] ?? ''
  return path.replace(/\/+$/, '')
}
