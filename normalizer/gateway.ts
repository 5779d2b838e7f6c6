/** What a gateway does to a path: which route takes it, what is stripped, what the service's own path adds. */
import type { GatewayRoute, MatchRequest } from './endpoint.ts'
import type { PreparedRule } from './gateway-rules.ts'
import { globTest, splitPort } from './hosts.ts'
import { normalizeHost } from './path.ts'
import { compilePattern, compileSearch } from './pattern.ts'
import type { Pattern } from './pattern.ts'
import { createPrefixIndex } from './prefix-index.ts'
import type { MountSet } from './select.ts'

/** Where a route leads. Reused from call to call. */
export interface GatewayHit {
  route: GatewayRoute | undefined
  /** The groups of servers that describe the service; null = unknown, all may. */
  groups: MountSet | null
  /** The path as the service sees it. */
  upstream: string
  /** The same as documents write it that do not know where their service is mounted: without the service's own path. */
  rest: string
}

/** Finds the route of a request: by the names in the request, else the first rule that fits. Null when none fits. */
export type ResolveRoute = (request: MatchRequest, host: unknown, path: string) => GatewayHit | null

/** A rule at work; `rank` is its place in the order. */
interface Rule extends Omit<PreparedRule, 'pattern' | 'headers'> {
  rank: number
  headerTests: ReadonlyArray<{ name: string, test: (value: string) => boolean }>
  hostTests: ReadonlyArray<{ test: (name: string) => boolean, port: string }>
  /** Compiled when first needed: most of a large gateway's patterns are never asked. */
  pattern: (() => Pattern) | null
}

interface Host {
  name: string
  port: string
  /** Indexes of the rules whose hosts may be this one. */
  starts: readonly Starts[]
}

/** The rules whose prefix a path begins with. */
type Starts = (path: string) => readonly Rule[]

/** A resolver over rules in the gateway's order; null without any. */
export function openGateway (given: readonly PreparedRule[]): ResolveRoute | null {
  if (given.length === 0) return null
  const rules = given.map(openRule)
  const names = new Map<string, Rule[]>()
  const services = new Map<string, Rule[]>()
  for (const rule of rules) {
    for (const name of new Set([rule.route.name, rule.route.id])) add(names, name, rule)
    add(services, rule.route.service, rule)
  }
  const starts = createStartIndex(rules)
  const hostOf = createHostReader(createHostIndex(rules))
  const hit: GatewayHit = { route: undefined, groups: null, upstream: '', rest: '' }
  const lead = (rule: Rule, path: string): GatewayHit => {
    hit.route = rule.route
    hit.groups = rule.groups
    const rest = restOf(rule, path)
    const absolute = rest.startsWith('/') ? rest : `/${rest}`
    hit.upstream = rest === '' && rule.servicePath !== '' ? rule.servicePath : rule.servicePath + absolute
    hit.rest = rule.isMounted ? absolute : hit.upstream
    return hit
  }
  return (request, host, target) => {
    const path = mergeSlashes(target)
    const named = typeof request.route === 'string' ? names.get(request.route) : undefined
    // The record names its route: what it says outweighs what its other fields would.
    if (named !== undefined) return lead(firstTaking(named, path), path)
    const ofService = typeof request.service === 'string' ? services.get(request.service) : undefined
    const asked = hostOf(host)
    const found = bestOf(ofService === undefined ? starts(path, asked) : [ofService], request, asked, path) ?? ofService?.[0]
    return found === undefined ? null : lead(found, path)
  }
}

/** As gateways do before they route, and pass on (`kong.tools.uri.normalize`, NGINX's `merge_slashes`). */
function mergeSlashes (path: string): string {
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') : path
}

function openRule ({ pattern: source, headers, ...rule }: PreparedRule, rank: number): Rule {
  let compiled: Pattern | undefined
  return {
    ...rule,
    rank,
    headerTests: headers.map(([name, values, patterns]) => ({ name, test: headerTest(values, patterns) })),
    hostTests: rule.hosts.map(({ name, port }) => ({ port, test: name.includes('*') ? globTest(name) : (other: string) => other === name })),
    // It was understood when the rules were read.
    pattern: source === '' ? null : () => (compiled ??= compilePattern(source)!),
  }
}

/** Case does not count, for patterns neither. One that is not understood speaks for any value, as was told when it was read. */
function headerTest (values: readonly string[], patterns: readonly string[]): (value: string) => boolean {
  const plain = new Set(values.map((value) => value.toLowerCase()))
  const searches = patterns.map(compileSearch)
  return (value) => plain.has(value.toLowerCase()) || searches.some((found) => found === null || found(value))
}

function add (lists: Map<string, Rule[]>, key: unknown, rule: Rule): void {
  if (typeof key !== 'string' || key === '') return
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [rule])
  else list.push(rule)
}

/**
 * The rules whose prefix a path begins with, in lists. Those for certain hosts are looked up by them: a gateway may tell
 * thousands of services apart by nothing else. Without a host all of them may fit. The answer is reused from call to call.
 */
function createStartIndex (rules: readonly Rule[]): (path: string, host: Host) => ReadonlyArray<readonly Rule[]> {
  const all = createPrefixIndex(rules)
  const others = createPrefixIndex(rules.filter((rule) => !isByHost(rule)))
  const lists: Array<readonly Rule[]> = []
  return (path, host) => {
    lists.length = 0
    lists.push(host.name === '' ? all(path) : others(path))
    for (const starts of host.starts) lists.push(starts(path))
    return lists
  }
}

/** Hosts that can be looked up: without a wildcard, or with one for the first or the last labels. */
function isByHost ({ hosts }: Rule): boolean {
  return hosts.length > 0 && hosts.every(({ name }) => /^(?:\*\.)?[^*]+$|^[^*]+\.\*$/.test(name))
}

/** Finds the rules for a host under each way to write it: itself, `*.` and its last labels, its first labels and `.*`. */
function createHostIndex (rules: readonly Rule[]): (name: string) => Starts[] {
  const named = new Map<string, Rule[]>()
  for (const rule of rules.filter(isByHost)) for (const name of new Set(rule.hosts.map((host) => host.name))) add(named, name, rule)
  const indexes = new Map([...named].map(([name, own]) => [name, createPrefixIndex(own)]))
  const hasWildcards = [...named.keys()].some((name) => name.includes('*'))
  return (name) => {
    const found = [indexes.get(name)]
    for (let dot = hasWildcards ? name.indexOf('.') : -1; dot >= 0; dot = name.indexOf('.', dot + 1)) {
      found.push(indexes.get(`*${name.slice(dot)}`), indexes.get(`${name.slice(0, dot)}.*`))
    }
    return found.filter((starts) => starts !== undefined)
  }
}

const remembered = 1024

/** Reads hosts, and remembers them within a bound: anyone can send any. */
function createHostReader (startsOf: (name: string) => Starts[]): (host: unknown) => Host {
  const known = new Map<string, Host>()
  const read = (host: unknown): Host => {
    const { name, port } = splitPort(normalizeHost(host))
    return { name, port, starts: name === '' ? [] : startsOf(name) }
  }
  return (host) => {
    if (typeof host !== 'string' || host.length > 512) return read(host)
    const found = known.get(host) ?? read(host)
    if (known.size >= remembered) known.clear()
    known.set(host, found)
    return found
  }
}

function firstTaking (rules: readonly Rule[], path: string): Rule {
  if (rules.length > 1) for (const rule of rules) if (lengthTaken(rule, path) >= 0) return rule
  return rules[0]!
}

/**
 * The first rule that fits. What the record does not tell cannot speak for a route that asks for it, only not against it:
 * such a rule is taken when no other fits.
 */
function bestOf (lists: ReadonlyArray<readonly Rule[]>, request: MatchRequest, host: Host, path: string): Rule | undefined {
  let told: Rule | undefined
  let untold: Rule | undefined
  for (const rules of lists) {
    for (const rule of rules) {
      const isTold = (host.name !== '' || rule.hosts.length === 0) && (request.headers !== undefined || rule.headerTests.length === 0)
      const best = isTold ? told : untold
      if ((best !== undefined && best.rank < rule.rank) || !fitsRequest(rule, request, host) || lengthTaken(rule, path) < 0) continue
      if (isTold) told = rule
      else untold = rule
    }
  }
  return told ?? untold
}

function fitsRequest (rule: Rule, request: MatchRequest, host: Host): boolean {
  if (rule.methods.length > 0 && typeof request.method === 'string' && !rule.methods.includes(request.method.toUpperCase())) return false
  if (host.name !== '' && rule.hostTests.length > 0) {
    if (!rule.hostTests.some(({ test, port }) => test(host.name) && (port === '' || host.port === '' || port === host.port))) return false
  }
  const { headers } = request
  if (typeof headers !== 'object' || headers === null) return true
  return rule.headerTests.every(({ name, test }) => test(Object.hasOwn(headers, name) ? String(headers[name] ?? '') : ''))
}

/** How much of the path the rule's prefix or pattern takes; -1 when it does not fit. */
function lengthTaken (rule: Rule, path: string): number {
  if (!path.startsWith(rule.prefix)) return -1
  if (rule.pattern === null) return isEnd(rule, path) ? rule.prefix.length : -1
  // Of many patterns that begin alike nearly all end here, long before their machines are built.
  return path.includes(rule.inner, rule.prefix.length) ? rule.pattern().matchLength(path) : -1
}

function isEnd ({ rest, prefix }: Rule, path: string): boolean {
  return rest === 'any' || path.length === prefix.length || (rest === 'segments' && path[prefix.length] === '/')
}

/** What is left of the path when the route has stripped its own part. */
function restOf (rule: Rule, path: string): string {
  return !rule.strips ? path : path.slice(Math.max(0, lengthTaken(rule, path)))
}
