/**
 * What Kong does to a path: which route takes it, what is stripped, what the service's own path adds, and which
 * documents describe that service. Priorities follow the `traditional_compat` router:
 * https://developer.konghq.com/gateway/routing/traditional/
 */
import type { GatewayMap, GatewayRoute, MatchRequest, Problem } from './endpoint.ts'
import { mountSet } from './forms.ts'
import type { Mount } from './forms.ts'
import { globTest, splitPort } from './hosts.ts'
import { normalizeHost, normalizeText } from './path.ts'
import { compilePattern } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import type { MountSet } from './select.ts'

/** Where a route leads. Reused from call to call. */
export interface GatewayHit {
  route: GatewayRoute | undefined
  /** The groups of servers that describe the service; null = unknown, all may. */
  groups: MountSet | null
  /** The path as the service sees it. */
  upstream: string
}

/** Finds the route of a request: by the names in the request, else as Kong routes. Null when none fits. */
export type ResolveRoute = (request: MatchRequest, host: unknown, path: string) => GatewayHit | null

/** Compiles a gateway map; `resolve` is null without routes. Junk in the map becomes problems. */
export function createGateway (
  map: GatewayMap | undefined, mounts: readonly Mount[]
): { resolve: ResolveRoute | null, problems: Problem[] } {
  const problems: Problem[] = []
  const routes = Array.isArray(map?.routes) ? map.routes.filter((route) => typeof route === 'object' && route !== null) : []
  if (routes.length === 0) return { resolve: null, problems }
  const describe = createDescriber(mounts, routes)
  const rules = routes.flatMap((route, index) => compileRoute(route, index, describe, problems))
  rules.sort(compareRules)
  for (const [rank, rule] of rules.entries()) rule.rank = rank
  return { resolve: createResolver(rules), problems }
}

/** One path of one route. */
interface Rule {
  route: GatewayRoute
  order: number
  rank: number
  prefix: string
  pattern: Pattern | null
  hosts: ReadonlyArray<{ test: (name: string) => boolean, port: string }>
  plainHosts: boolean
  methods: ReadonlySet<string>
  headers: ReadonlyArray<readonly [string, readonly string[]]>
  hasPath: boolean
  servicePath: string
  groups: MountSet | null
}

type Describe = (route: GatewayRoute, prefix: string) => MountSet | null

function compileRoute (route: GatewayRoute, order: number, describe: Describe, problems: Problem[]): Rule[] {
  const hosts = texts(route.hosts).map((host) => splitPort(normalizeHost(host)))
  const shared = {
    route,
    order,
    rank: 0,
    hosts: hosts.map(({ name, port }) => ({ port, test: name.includes('*') ? globTest(name) : (other: string) => other === name })),
    plainHosts: hosts.length > 0 && hosts.every(({ name }) => !name.includes('*')),
    methods: new Set(texts(route.methods).map((method) => method.toUpperCase())),
    headers: Object.entries(route.headers ?? {}).map(([name, values]) =>
      [name.toLowerCase(), texts(values).map((value) => value.toLowerCase())] as const),
    servicePath: pathOfUrl(route.service_url),
  }
  const paths = texts(route.paths)
  if (paths.length === 0) return [{ ...shared, hasPath: false, prefix: '', pattern: null, groups: describe(route, '') }]
  return paths.flatMap((path): Rule[] => {
    const pattern = path.startsWith('~') ? compilePattern(path.slice(1)) : null
    if (path.startsWith('~') && pattern === null) {
      const message = `Route ${route.name}: the pattern ${path} is not understood.`
      problems.push({ severity: 'error', code: 'unsupported-pattern', message, source: 'gateway', where: route.name })
      return []
    }
    const prefix = pattern?.head ?? normalizeText(path)
    return [{ ...shared, hasPath: true, prefix, pattern, groups: describe(route, prefix) }]
  })
}

/** More kinds of criteria, plain hosts before wildcards, more headers, patterns before prefixes, priority, longer prefix, file order. */
function compareRules (a: Rule, b: Rule): number {
  return weight(b) - weight(a) || Number(b.plainHosts) - Number(a.plainHosts) || b.headers.length - a.headers.length ||
    Number(b.pattern !== null) - Number(a.pattern !== null) ||
    (a.pattern === null ? b.prefix.length - a.prefix.length : (b.route.regex_priority ?? 0) - (a.route.regex_priority ?? 0)) ||
    a.order - b.order
}

function weight (rule: Rule): number {
  return Number(rule.methods.size > 0) + Number(rule.hosts.length > 0) + Number(rule.headers.length > 0) + Number(rule.hasPath)
}

function createResolver (rules: readonly Rule[]): ResolveRoute {
  const names = new Map<string, Rule[]>()
  const services = new Map<string, Rule[]>()
  for (const rule of rules) {
    for (const name of new Set([rule.route.name, rule.route.id])) if (typeof name === 'string' && name !== '') add(names, name, rule)
    if (typeof rule.route.service === 'string' && rule.route.service !== '') add(services, rule.route.service, rule)
  }
  const starts = indexPrefixes(rules)
  const hit: GatewayHit = { route: undefined, groups: null, upstream: '' }

  const lead = (rule: Rule, path: string): GatewayHit => {
    hit.route = rule.route
    hit.groups = rule.groups
    hit.upstream = upstreamOf(rule, path)
    return hit
  }

  return (request, host, path) => {
    const named = typeof request.route === 'string' ? names.get(request.route) : undefined
    // The record names its route: what it says outweighs what its other fields would.
    if (named !== undefined) return lead(bestOf(named, (rule) => lengthTaken(rule, path) >= 0) ?? named[0]!, path)
    const requested = splitPort(normalizeHost(host))
    const fits = (rule: Rule): boolean => fitsRequest(rule, request, requested) && lengthTaken(rule, path) >= 0
    // What the record does not tell cannot speak for a route that asks for it, only not against it.
    const told = (rule: Rule): boolean =>
      (requested.name !== '' || rule.hosts.length === 0) && (request.headers !== undefined || rule.headers.length === 0) && fits(rule)
    const ofService = typeof request.service === 'string' ? services.get(request.service) : undefined
    const rules = ofService ?? starts(path)
    const found = bestOf(rules, told) ?? bestOf(rules, fits) ?? ofService?.[0]
    return found === undefined ? null : lead(found, path)
  }
}

function add (lists: Map<string, Rule[]>, key: string, rule: Rule): void {
  lists.set(key, [...lists.get(key) ?? [], rule])
}

function bestOf (rules: Iterable<Rule>, fits: (rule: Rule) => boolean): Rule | undefined {
  let best: Rule | undefined
  for (const rule of rules) if ((best === undefined || rule.rank < best.rank) && fits(rule)) best = rule
  return best
}

function fitsRequest (rule: Rule, request: MatchRequest, host: { name: string, port: string }): boolean {
  if (rule.methods.size > 0 && typeof request.method === 'string' && !rule.methods.has(request.method.toUpperCase())) return false
  if (host.name !== '' && rule.hosts.length > 0) {
    if (!rule.hosts.some(({ test, port }) => test(host.name) && (port === '' || host.port === '' || port === host.port))) return false
  }
  const { headers } = request
  if (typeof headers !== 'object' || headers === null) return true
  return rule.headers.every(([name, values]) => values.includes(String(headers[name] ?? '').toLowerCase()))
}

/** How much of the path the rule's prefix or pattern takes; -1 when it does not fit. */
function lengthTaken (rule: Rule, path: string): number {
  if (rule.pattern !== null) return path.startsWith(rule.prefix) ? rule.pattern.matchLength(path) : -1
  return path.startsWith(rule.prefix) ? rule.prefix.length : -1
}

function upstreamOf (rule: Rule, path: string): string {
  const taken = rule.route.strip_path === false ? 0 : Math.max(0, lengthTaken(rule, path))
  if (taken === 0 && rule.servicePath === '') return path
  const rest = path.slice(taken)
  const joined = rule.servicePath + (rest === '' || rest.startsWith('/') ? rest : `/${rest}`)
  return joined === '' ? '/' : joined
}

/** Rules by their literal start, found by walking the path's characters once. */
function indexPrefixes (rules: readonly Rule[]): (path: string) => Iterable<Rule> {
  interface Node { rules: Rule[], next: Map<number, Node> }
  const root: Node = { rules: [], next: new Map() }
  for (const rule of rules) {
    let node = root
    for (let at = 0; at < rule.prefix.length; at++) {
      const code = rule.prefix.charCodeAt(at)
      const next = node.next.get(code) ?? { rules: [], next: new Map() }
      node.next.set(code, next)
      node = next
    }
    node.rules.push(rule)
  }
  return (path) => {
    const found = [...root.rules]
    let node: Node | undefined = root
    for (let at = 0; at < path.length; at++) {
      node = node.next.get(path.charCodeAt(at))
      if (node === undefined) break
      found.push(...node.rules)
    }
    return found
  }
}

/**
 * Which groups of servers describe a route's service: those of the same service name; else those served at the host of
 * its URL; else those that declare paths under the route's prefix; else those that no other service claims by name or
 * host. Null when that says nothing.
 */
function createDescriber (mounts: readonly Mount[], routes: readonly GatewayRoute[]): Describe {
  const labels = mounts.flatMap((mount, index) => mount.labels.map((label) => ({ label, index })))
    .sort((a, b) => a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  const claimed = claimedBy(routes, mounts, labels)
  const known = new Map<string, MountSet | null>()
  const groupsOf = (test: (mount: Mount, index: number) => boolean): MountSet | null => {
    const groups = mountSet(mounts, test)
    return groups.members.length === 0 ? null : groups
  }
  return (route, prefix) => {
    const key = `${route.service} ${route.service_url ?? ''} ${prefix} ${texts(route.hosts).join(' ')}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const backend = hostOfUrl(route.service_url)
    const under = groupsUnder(labels, prefix)
    const hosts = texts(route.hosts).map((host) => splitPort(normalizeHost(host)).name)
    const groups = (route.service === '' ? null : groupsOf((mount) => mount.service === route.service)) ??
      (backend === '' ? null : groupsOf((mount) => mount.hosts.some((host) => splitPort(host).name === backend))) ??
      (under === null ? null : groupsOf((mount, index) => under.has(index) && claimed[index] !== NAMED && mayServe(mount, hosts))) ??
      groupsOf((_, index) => claimed[index] === FREE) ?? (claimed.includes(FREE) ? null : mountSet(mounts, () => false))
    known.set(key, groups)
    return groups
  }
}

const FREE = 0
const UNDER_PREFIX = 1
const NAMED = 2

/** Which groups of servers describe some service of the gateway: by name or host, by a route's prefix, or none. */
function claimedBy (routes: readonly GatewayRoute[], mounts: readonly Mount[], labels: readonly Label[]): Uint8Array {
  const names = new Set(routes.map((route) => route.service))
  const backends = new Set(routes.map((route) => hostOfUrl(route.service_url)).filter((host) => host !== ''))
  const claimed = Uint8Array.from(mounts, (mount) =>
    names.has(mount.service) || mount.hosts.some((host) => backends.has(splitPort(host).name)) ? NAMED : FREE)
  for (const prefix of new Set(routes.flatMap((route) => texts(route.paths)))) {
    for (const group of groupsUnder(labels, normalizeText(prefix)) ?? []) claimed[group] = Math.max(claimed[group]!, UNDER_PREFIX)
  }
  return claimed
}

function mayServe (mount: Mount, hosts: readonly string[]): boolean {
  return hosts.length === 0 || mount.hosts.some((host) => host === '' || hosts.includes(splitPort(host).name))
}

interface Label { label: string, index: number }

/** Groups with a label at or below the prefix; null for a prefix that says nothing. */
function groupsUnder (labels: readonly Label[], prefix: string): Set<number> | null {
  const whole = prefix.replace(/\/+$/, '')
  if (whole === '') return null
  const groups = new Set<number>()
  let low = 0
  for (let high = labels.length; low < high;) {
    const middle = (low + high) >>> 1
    if (labels[middle]!.label < whole) low = middle + 1
    else high = middle
  }
  for (; low < labels.length && labels[low]!.label.startsWith(whole); low++) {
    const next = labels[low]!.label[whole.length]
    if (next === undefined || next === '/') groups.add(labels[low]!.index)
  }
  return groups
}

function hostOfUrl (url: unknown): string {
  return splitPort(normalizeHost(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(String(url ?? ''))?.[1] ?? '')).name
}

function pathOfUrl (url: unknown): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(String(url ?? ''))?.[1] ?? ''
  return path.replace(/\/+$/, '')
}

function texts (value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}
