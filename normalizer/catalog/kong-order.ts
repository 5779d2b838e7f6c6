/**
 * Kong's routes as rules in the order of its `traditional_compat` router:
 * https://developer.konghq.com/gateway/routing/traditional/
 */
import type { GatewayHeader, GatewayMap, GatewayPath, GatewayRule } from '../endpoint.ts'
import { text, texts } from '../gateway-groups.ts'
import { normalizeText } from '../path.ts'

/** One route; field names are those of Kong's declarative file (version 3.0). */
export interface KongRoute {
  name: string
  id?: string
  service: string
  /** Prefixes, or regular expressions when they begin with `~`; none = every path. */
  paths?: readonly string[]
  hosts?: readonly string[]
  methods?: readonly string[]
  /** Names asked for by TLS: one more criterion for the priority. They stand in for `hosts` where there are none. */
  snis?: readonly string[]
  /** Header name to accepted values, `~*…` for a regular expression. */
  headers?: Readonly<Record<string, readonly string[]>>
  /** Default true, as in Kong. */
  strip_path?: boolean
  regex_priority?: number
  /** `http://host:port/path` of the backend. */
  service_url?: string
  /** An expression of the `expressions` flavour, which is not evaluated. */
  expression?: string
}

/** A rule, and what Kong compares of it. */
interface Ranked { rule: GatewayRule, weight: number, isPlain: boolean, headers: number, isPattern: boolean, last: number }

/** The rules of routes, of one Kong or of several together. Junk is left out; never throws. */
export function orderKongRoutes (routes: readonly KongRoute[]): GatewayMap {
  const known = Array.isArray(routes) ? routes.filter((route) => typeof route === 'object' && route !== null) : []
  // Sorting keeps the order of the file where nothing else decides.
  return { rules: known.flatMap(rank).sort(compare).map(({ rule }) => rule) }
}

function rank (route: KongRoute): Ranked[] {
  const { name, id, service, service_url: url } = route
  const hosts = texts(route.hosts)
  const headers = Object.entries(route.headers ?? {}).map(([header, values]) => readHeader(header, texts(values)))
  const shared = {
    route: { name, ...id !== undefined && { id }, service, ...url !== undefined && { service_url: url } },
    // A client asks by TLS (SNI) for the host that it then names.
    hosts: hosts.length > 0 ? hosts : texts(route.snis).map((host) => host.replace(/\.$/, '')),
    methods: texts(route.methods),
    headers,
    strip: route.strip_path !== false,
  }
  const paths = pathsOf(route)
  const weight = [shared.methods, headers, hosts, texts(route.snis)].filter((list) => list.length > 0).length + Number(paths[0]?.kind !== 'any')
  const isPlain = hosts.length > 0 && hosts.every((host) => !host.includes('*'))
  return paths.map((path) => {
    const isPattern = path.kind === 'regex'
    const last = isPattern ? route.regex_priority ?? 0 : path.kind === 'prefix' ? normalizeText(path.value).length : 0
    return { rule: { ...shared, path }, weight, isPlain, headers: headers.length, isPattern, last }
  })
}

function pathsOf ({ paths, expression }: KongRoute): GatewayPath[] {
  if (text(expression) !== '') return [{ kind: 'none' }]
  const given = texts(paths)
  if (given.length === 0) return [{ kind: 'any' }]
  return given.map((path) => path.startsWith('~') ? { kind: 'regex', value: path.slice(1) } : { kind: 'prefix', value: path })
}

function readHeader (name: string, values: readonly string[]): GatewayHeader {
  const isPattern = (value: string): boolean => value.startsWith('~*')
  return { name, values: values.filter((value) => !isPattern(value)), patterns: values.filter(isPattern).map((value) => value.slice(2)) }
}

/** More kinds of criteria, plain hosts before wildcards, more headers, patterns before prefixes, then priority or the longer prefix. */
function compare (a: Ranked, b: Ranked): number {
  return b.weight - a.weight || Number(b.isPlain) - Number(a.isPlain) || b.headers - a.headers ||
    Number(b.isPattern) - Number(a.isPattern) || b.last - a.last
}
