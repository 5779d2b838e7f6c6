/** Compiles documents into a matcher: host, gateway and service narrow the search, the tree finds the template. */
import type { ApiDocument, Endpoint, Explanation, GatewayMap, Match, MatchRequest, Problem, Scope } from './endpoint.ts'
import { collectWords, openWords } from './declared-words.ts'
import { explainMatch } from './explain.ts'
import { declare, HEAD, mountSet, OPTIONS } from './forms.ts'
import { openGateway } from './gateway.ts'
import type { GatewayHit, ResolveRoute } from './gateway.ts'
import { prepareGateway } from './gateway-rules.ts'
import { indexHosts } from './hosts.ts'
import { inferRoute } from './infer.ts'
import { BASED, endpointOf, formOf, labelOf, LOOSE } from './leaves.ts'
import { lintTemplates } from './lint.ts'
import { readParameters } from './parameters.ts'
import { createPreferNamed } from './prefer-named.ts'
import type { PreferNamed } from './prefer-named.ts'
import { pack, unpack } from './prepared.ts'
import type { Compiled, Prepared } from './prepared.ts'
import { createSearcher } from './search.ts'
import type { Searcher } from './search.ts'
import { openFilter } from './select.ts'
import type { Filter, MountSet } from './select.ts'
import { buildTree } from './tree.ts'

/** What compiling takes besides documents. */
export interface CompileOptions { gateway?: GatewayMap | undefined }

/**
 * A compiled catalog. No method throws, whatever it is given. Matching reuses scratch memory, so one normalizer serves
 * one thread; it holds no other state.
 */
export interface Normalizer {
  /** Resolves a request to a declared endpoint. Time is linear in the length of the target. */
  match (request: MatchRequest): Match
  /** The bounded template of a path that nothing declares: typed segments, no history. `__other__` when malformed. */
  infer (path: string): string
  /** True for a segment, or a piece of one in lower case, of what documents and gateway declare. */
  knows (word: string): boolean
  /**
   * Path parameter values by name, in the normal form of paths: escapes stay, in upper case; escaped unreserved characters
   * are decoded, and what may not stand in a path (`é`, `[`, a blank) is escaped. A repeated name gets `_2`, `_3`, ….
   * No parameters without an endpoint.
   */
  params (request: MatchRequest, match: Match): Record<string, string>
  /** Candidates, winner and the rule that decided. Slower than `match`. */
  explain (request: MatchRequest): Explanation
  /** Every declared operation, in the order of documents and keys. */
  readonly endpoints: readonly Endpoint[]
  /** Findings of reading and compiling, in the order of documents. */
  readonly problems: readonly Problem[]
}

/**
 * Compiles read documents, and optionally what a gateway does to paths, into a normalizer. Order counts only where
 * templates of the same shape meet: the first document and key wins.
 */
export function compile (apis: readonly ApiDocument[], options: CompileOptions = {}): Normalizer {
  return start(build(apis, options))
}

/** The costly half of {@link compile}: everything that can be done on another thread, as plain data. */
export function prepare (apis: readonly ApiDocument[], options: CompileOptions = {}): Prepared {
  return pack(build(apis, options))
}

/**
 * The cheap half of {@link compile}: a normalizer over what {@link prepare} gave, also after it was cloned or transferred. The
 * objects of an answer are made when it is given for the first time.
 */
export function open (prepared: Prepared): Normalizer {
  return start(isPrepared(prepared) ? unpack(prepared) : build([], {}))
}

function build (apis: readonly ApiDocument[], options: CompileOptions): Compiled {
  const documents = Array.isArray(apis) ? apis.filter(isRead) : []
  const { branches, mounts, methods, endpoints } = declare(documents)
  const gateway = prepareGateway(options?.gateway, mounts)
  const problems = [...documents.flatMap((api) => api.problems), ...lintTemplates(branches), ...gateway.problems]
  const places = mounts.map(({ service, hosts }) => ({ service, hosts }))
  const words = collectWords(endpoints, mounts.flatMap(({ hosts }) => hosts), options?.gateway)
  return { tree: buildTree(branches), mounts: places, methods, endpoints, problems, rules: gateway.rules, words }
}

function start (compiled: Compiled): Normalizer {
  const { tree, mounts, methods, problems, rules } = compiled
  const knows = openWords(compiled.words)
  const searcher = createSearcher(tree)
  const filter = { ...openFilter }
  const context: Context = {
    searcher,
    methods,
    hosts: indexHosts(mounts.map((mount) => mount.hosts)),
    services: indexServices(mounts),
    gateway: openGateway(rules),
    filter,
    preferNamed: createPreferNamed(searcher, filter),
  }
  const match = (request: MatchRequest): Match => matchRequest(context, request)
  return {
    match,
    infer: (path) => inferRoute(path, knows),
    knows,
    params: (_, found) => readParameters(found),
    explain: (request) => {
      const { endpoints } = compiled
      const method = methodNumber(context, request)
      return explainMatch({ request, match: match(request), searcher, filter, method, gateway: context.gateway, endpoints, knows })
    },
    get endpoints () {
      return compiled.endpoints
    },
    problems,
  }
}

function isPrepared (prepared: unknown): prepared is Prepared {
  return typeof prepared === 'object' && prepared !== null && ['tree', 'leaves', 'objects', 'mounts', 'rules', 'words'].every((name) => name in prepared)
}

/** True for what reading a document gives; anything else is passed over. */
export function isRead (api: ApiDocument): boolean {
  return typeof api === 'object' && api !== null && Array.isArray(api.paths) && Array.isArray(api.problems)
}

interface Context {
  searcher: Searcher
  methods: ReadonlyMap<string, number>
  hosts: ReturnType<typeof indexHosts>
  services: FindService
  gateway: ResolveRoute | null
  filter: Filter
  preferNamed: PreferNamed
}

/** Hosts that a document must not be answered for: only other documents declare them. */
const OTHER_HOST = 3

/** The groups of servers of a service. */
type FindService = (name: string) => MountSet | undefined

/** A set is as long as the list of all groups: it is made when somebody first asks for it. */
function indexServices (mounts: Compiled['mounts']): FindService {
  const names = new Set(mounts.map((mount) => mount.service))
  const known = new Map<string, MountSet>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined || !names.has(name)) return found
    const made = mountSet(mounts, (mount) => mount.service === name)
    known.set(name, made)
    return made
  }
}

function matchRequest (context: Context, request: MatchRequest): Match {
  const { searcher } = context
  if (typeof request !== 'object' || request === null) return nothing('malformed', '', undefined)
  if (!searcher.scan(request.path)) return nothing(isAsterisk(request) ? 'unmatched' : 'malformed', '', undefined)
  const method = methodNumber(context, request)
  const requested = searcher.cursor.host === '' ? request.host : searcher.cursor.host
  const tiers = typeof requested === 'string' && requested !== '' ? context.hosts(requested) : null
  const path = searcher.cursor.text
  const first = locate(context, request, requested, method, tiers, path)
  if (first.form !== undefined) return context.preferNamed(request, method, first)
  if (context.gateway === null || !isNamed(request)) return first
  const second = locate(context, { ...request, service: '', route: '' }, requested, method, tiers, path)
  return second.form === undefined ? first : context.preferNamed(request, method, second)
}

/** A name that leads nowhere may be a wrong one: then the gateway's rules are asked as if it were not told. */
function isNamed (request: MatchRequest): boolean {
  return (request.service ?? '') !== '' || (request.route ?? '') !== ''
}

function locate (context: Context, request: MatchRequest, requested: unknown, method: number, tiers: Tiers, path: string): Match {
  const hit = context.gateway === null ? null : context.gateway(request, requested, path)
  const scope = narrowed(context, request, hit, method, tiers, path)
  const found = scope === '' ? whole(context, request, hit, method, tiers, path) : scope
  return found === '' ? nothing('unmatched', path, hit?.route) : result(context, method, found, hit)
}

/** `OPTIONS *` asks the server as a whole (RFC 9112 section 3.2.4). */
function isAsterisk (request: MatchRequest): boolean {
  return request.path === '*' && request.method === 'OPTIONS'
}

/** 0, the place of any-method operations, for a method that no document declares. */
function methodNumber (context: Context, request: MatchRequest): number {
  const method: unknown = request?.method
  if (typeof method !== 'string') return 0
  return context.methods.get(method) ?? context.methods.get(method.toUpperCase()) ?? 0
}

type Tiers = ReturnType<ReturnType<typeof indexHosts>>

/** Where the gateway or a service name says to look. Hosts only rank there: the name is the stronger evidence. */
function narrowed (context: Context, request: MatchRequest, hit: GatewayHit | null, method: number, tiers: Tiers, path: string): Scope {
  const { filter } = context
  filter.hosts = tiers
  filter.lastTier = OTHER_HOST
  if (hit !== null && hit.groups !== null) {
    filter.groups = hit.groups
    // A prefix that the gateway strips is the document's only when its base path says so.
    filter.basedOnly = hit.upstream !== path
    if (search(context, method, path)) return 'gateway'
    filter.basedOnly = false
    if (hit.upstream !== path && (search(context, method, hit.upstream) || search(context, method, path))) return 'gateway'
    // A plugin may have written another path than the route's own.
    if (searchTold(context, request, method)) return 'gateway'
    // The document need not say where its service is mounted.
    if (hit.rest !== hit.upstream && search(context, method, hit.rest)) return 'gateway'
  }
  filter.basedOnly = false
  const groups = typeof request.service === 'string' ? context.services(request.service) : undefined
  if (groups === undefined) return ''
  filter.groups = groups
  return search(context, method, path) || searchUpstream(context, request, hit, method) ? 'service' : ''
}

function whole (context: Context, request: MatchRequest, hit: GatewayHit | null, method: number, tiers: Tiers, path: string): Scope {
  const { filter } = context
  filter.groups = null
  filter.lastTier = OTHER_HOST - 1
  if (search(context, method, path)) return tiers === null ? 'catalog' : 'host'
  if ((hit === null || hit.groups === null) && searchUpstream(context, request, hit, method)) return 'catalog'
  return tiers !== null && rescued(context, method, path) ? 'rescue' : ''
}

/**
 * The host is declared, but by documents that do not know the path: gateways serve under hosts that a document need not
 * list. Another document answers only if it alone declares path and method, and names more than a version in its path.
 */
function rescued (context: Context, method: number, path: string): boolean {
  context.filter.lastTier = OTHER_HOST
  if (!search(context, method, path)) return false
  const { found } = context.searcher
  return found.declared && !found.ambiguous && formOf(context.searcher.leaves, context.searcher.found.leaf).segments.some((segment) =>
    segment.kind === 'static' && !/^(?:api|rest|v?\d+(?:\.\d+)*(?:(?:alpha|beta)\d*)?)?$/i.test(segment.text))
}

function searchUpstream (context: Context, request: MatchRequest, hit: GatewayHit | null, method: number): boolean {
  return (hit !== null && hit.upstream !== '' && search(context, method, hit.upstream)) || searchTold(context, request, method)
}

function searchTold (context: Context, request: MatchRequest, method: number): boolean {
  return typeof request.upstream === 'string' && request.upstream !== '' && search(context, method, request.upstream)
}

function search ({ searcher, filter }: Context, method: number, path: string): boolean {
  if (path !== searcher.cursor.text && !searcher.scan(path)) return false
  if (!searcher.find(method, filter)) return false
  if (!searcher.found.declared && method !== OPTIONS) searcher.findCrossing(method, filter)
  return true
}

function result ({ searcher }: Context, method: number, scope: Scope, hit: GatewayHit | null): Match {
  const { found, cursor, leaves } = searcher
  const { declared } = found
  const endpoint = endpointOf(leaves, found.leaf, method)
  const preflight = !declared && method === OPTIONS
  return {
    outcome: declared ? (found.ambiguous ? 'ambiguous' : 'matched') : preflight ? 'matched' : 'method_not_declared',
    endpoint,
    route: labelOf(leaves, found.leaf),
    tag: preflight ? 'options' : method === HEAD && endpoint.method === 'GET' ? 'head' : '',
    scope,
    stripped: (leaves.records[found.leaf * 4 + 3]! & (LOOSE | BASED)) === LOOSE,
    slash: found.rank % 2 === 1,
    sameShape: found.sameShape,
    gateway: hit?.route,
    path: cursor.text,
    form: formOf(leaves, found.leaf),
  }
}

function nothing (outcome: 'unmatched' | 'malformed', path: string, gateway: Match['gateway']): Match {
  return {
    outcome, endpoint: undefined, route: '', tag: '', scope: '', stripped: false, slash: false, sameShape: false, gateway, path, form: undefined,
  }
}
