/**
 * Chooses the route of a request by the rules of Kong's traditional router (kong/router/traditional.lua): more kinds of
 * conditions first; then hosts before headers before paths before methods; then wildcard hosts with a port, plain hosts,
 * regular expressions; more headers; regex_priority; the longer path; the older route; the order in the file.
 */
import type { Route } from './entity.ts'
import { binary } from './path.ts'
import { compileHeaderPattern, compileRoutePattern } from './route-pattern.ts'

export interface RouterRequest {
  method: string
  /** Lower case, with the port if the client sent one. */
  host: string
  /** Port that is meant when the host names none. */
  defaultPort: number
  /** Normalised. */
  path: string
  /** Values of a header by its lower-case name. */
  header: (name: string) => string[]
}

export interface RouteMatch {
  route: Route
  /** The part of the path that the route's path matched; '' when the route has no paths. */
  matched: string
}

export interface Router {
  match (request: RouterRequest): RouteMatch | undefined
}

/** Compiles routes; those of disabled services are left out. Pure; the result holds no state. */
export function createRouter (routes: Route[]): Router {
  const candidates = routes.filter((route) => route.service?.enabled !== false).flatMap(candidatesOf).sort(compare)
  candidates.forEach((candidate, rank) => { candidate.rank = rank })
  const tablesOf = indexByHost(candidates)
  return {
    match: (request) => {
      let best: Found | undefined
      for (const table of tablesOf(request.host)) best = match(request, table, best) ?? best
      return best && { route: best.candidate.route, matched: best.matched }
    },
  }
}

interface HostRule { text: string, pattern: RegExp | undefined, port: boolean }
interface HeaderRule { name: string, values: Set<string>, test: ((value: string) => boolean) | undefined }

/** One route with one of its paths. */
interface Candidate {
  route: Route
  order: number
  rank: number
  prefix: string | undefined
  /** Length of the match at the start of a path, or -1. */
  pattern: ((path: string) => number) | undefined
  hosts: HostRule[]
  headers: HeaderRule[]
  methods: Set<string> | undefined
  kinds: number
  category: number
  weight: number
}

const category = { host: 0x40, header: 0x20, path: 0x10, method: 0x08 } as const
const weight = { wildcardPort: 4, plainHosts: 2, regex: 1 } as const

function candidatesOf (route: Route, order: number): Candidate[] {
  const { paths } = route.entry
  const split = paths === null || paths === undefined || paths.length === 0 ? [undefined] : paths
  return split.map((path) => candidateOf(route, order, path))
}

function candidateOf (route: Route, order: number, path: string | undefined): Candidate {
  const regex = path?.startsWith('~') === true
  const hosts = (route.entry.hosts ?? []).map(hostRule)
  const headers = Object.entries(route.entry.headers ?? {}).map(([name, values]) => headerRule(name, values))
  const methods = route.entry.methods?.length ? new Set(route.entry.methods) : undefined
  const kinds = [[hosts.length > 0, category.host], [headers.length > 0, category.header], [path !== undefined, category.path],
    [methods !== undefined, category.method]] as const
  const wild = hosts.filter((rule) => rule.pattern !== undefined)
  return {
    route,
    order,
    rank: 0,
    hosts,
    headers,
    methods,
    prefix: regex || path === undefined ? undefined : binary(path),
    pattern: regex ? compileRoutePattern(path.slice(1)) : undefined,
    kinds: kinds.filter(([has]) => has).length,
    category: kinds.reduce((sum, [has, bit]) => sum + (has ? bit : 0), 0),
    weight: (wild.some((rule) => rule.port) ? weight.wildcardPort : 0) +
      (hosts.length > 0 && wild.length === 0 ? weight.plainHosts : 0) + (regex ? weight.regex : 0),
  }
}

function hostRule (host: string): HostRule {
  const text = host.toLowerCase()
  const port = /:\d+$/.test(text)
  if (!text.includes('*')) return { text, pattern: undefined, port }
  const source = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.+')
  return { text, pattern: new RegExp(`^${source}${port ? '' : '(?::\\d+)?'}$`), port }
}

function headerRule (name: string, values: string[]): HeaderRule {
  const [first = ''] = values
  const test = values.length === 1 && first.startsWith('~*') ? compileHeaderPattern(first.slice(2)) : undefined
  return { name: name.toLowerCase(), values: new Set(values.map((value) => value.toLowerCase())), test }
}

function compare (a: Candidate, b: Candidate): number {
  const priority = (item: Candidate): number => item.pattern === undefined ? 0 : item.route.entry.regex_priority
  const length = (item: Candidate): number => item.prefix?.length ?? 0
  return b.kinds - a.kinds || b.category - a.category || b.weight - a.weight || b.headers.length - a.headers.length ||
    priority(b) - priority(a) || length(b) - length(a) || age(a, b) || a.order - b.order
}

function age (a: Candidate, b: Candidate): number {
  const first = a.route.entry.created_at
  const second = b.route.entry.created_at
  return typeof first === 'number' && typeof second === 'number' ? first - second : 0
}

/**
 * The candidates that a host may be meant by, in tables: those for any host, and those under each way to write it (itself,
 * `*.` and its last labels, its first labels and `.*`). A gateway may tell thousands of services apart by hosts alone.
 */
function indexByHost (candidates: Candidate[]): (host: string) => Table[] {
  const nameOf = (text: string): string => text.replace(/(?<=.):\d+$/, '')
  const isByHost = ({ hosts }: Candidate): boolean =>
    hosts.length > 0 && hosts.every(({ text }) => /^(?:\*\.)?[^*]+$|^[^*]+\.\*$/.test(nameOf(text)))
  const named = new Map<string, Candidate[]>()
  for (const candidate of candidates.filter(isByHost)) {
    for (const name of new Set(candidate.hosts.map(({ text }) => nameOf(text)))) {
      if (named.get(name)?.push(candidate) === undefined) named.set(name, [candidate])
    }
  }
  const tables = new Map([...named].map(([name, own]) => [name, index(own)]))
  const others = index(candidates.filter((candidate) => !isByHost(candidate)))
  const hasWildcards = [...named.keys()].some((name) => name.includes('*'))
  return (host) => {
    const name = nameOf(host)
    const found = [others, tables.get(name)]
    for (let dot = hasWildcards ? name.indexOf('.') : -1; dot >= 0; dot = name.indexOf('.', dot + 1)) {
      found.push(tables.get(`*${name.slice(dot)}`), tables.get(`${name.slice(0, dot)}.*`))
    }
    return found.filter((table) => table !== undefined)
  }
}

interface Table {
  byPrefix: Map<string, Candidate[]>
  /** Distinct lengths of the prefixes, longest first. */
  lengths: number[]
  /** Regular expressions and routes without a path. */
  others: Candidate[]
}

/** Prefixes go into a table by their text, so that a thousand routes cost no more than their distinct lengths. */
function index (candidates: Candidate[]): Table {
  const byPrefix = new Map<string, Candidate[]>()
  const others: Candidate[] = []
  for (const candidate of candidates) {
    if (candidate.prefix === undefined) others.push(candidate)
    else if (byPrefix.get(candidate.prefix)?.push(candidate) === undefined) byPrefix.set(candidate.prefix, [candidate])
  }
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))].sort((a, b) => b - a)
  return { byPrefix, lengths, others }
}

interface Found { candidate: Candidate, matched: string }

/** The first candidate that fits, if it comes before the one that was found already. */
function match (request: RouterRequest, { byPrefix, lengths, others }: Table, before: Found | undefined): Found | undefined {
  const { path } = request
  let best: Found | undefined
  let rank = before?.candidate.rank ?? Infinity
  for (const length of lengths) {
    if (length > path.length) continue
    for (const candidate of byPrefix.get(path.slice(0, length)) ?? []) {
      if (candidate.rank >= rank) break
      if (!fits(candidate, request)) continue
      best = { candidate, matched: candidate.prefix ?? '' }
      rank = candidate.rank
      break
    }
  }
  for (const candidate of others) {
    if (candidate.rank >= rank) break
    const length = candidate.pattern === undefined ? 0 : candidate.pattern(path)
    if (length < 0 || !fits(candidate, request)) continue
    return { candidate, matched: path.slice(0, length) }
  }
  return best
}

/** Everything but the path. */
function fits (candidate: Candidate, request: RouterRequest): boolean {
  if (candidate.methods?.has(request.method) === false) return false
  if (candidate.hosts.length > 0 && !candidate.hosts.some((rule) => hostFits(rule, request))) return false
  return candidate.headers.every((rule) => request.header(rule.name).some((value) =>
    rule.values.has(value.toLowerCase()) || rule.test?.(value) === true))
}

function hostFits (rule: HostRule, { host, defaultPort }: RouterRequest): boolean {
  if (host === '') return false
  const hasPort = /:\d+$/.test(host) && !(host.endsWith(']'))
  const withPort = hasPort ? host : `${host}:${defaultPort}`
  if (rule.pattern !== undefined) return rule.pattern.test(withPort)
  return rule.text === host || rule.text === withPort || (!rule.port && hasPort && rule.text === host.slice(0, host.lastIndexOf(':')))
}
