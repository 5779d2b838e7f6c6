/** From documents to the branches of the tree: groups of servers, template records, and every form a template is written in. */
import type { Branch, TemplateRecord } from './branch.ts'
import type { ApiDocument, ApiPath, Endpoint, Form, Segment, Server } from './endpoint.ts'
import type { MountSet } from './select.ts'
import { foldKey, parseTemplate } from './template.ts'
import type { ParsedTemplate } from './template.ts'

/** A group of servers of one document: the operations in it share hosts and base paths. */
export interface Mount {
  readonly document: number
  readonly service: string
  /** Distinct hosts, '' = any. */
  readonly hosts: readonly string[]
  /** Distinct base paths, the first is the label of requests that come without. */
  readonly bases: readonly string[]
  /** Base paths with the defaults of open variables, and the base path whose label they share. */
  readonly defaults: ReadonlyMap<string, string>
  /** Full forms: what a gateway's prefix is compared with. */
  readonly labels: string[]
}

/** The groups that a test picks. */
export function mountSet<T> (mounts: readonly T[], test: (mount: T, index: number) => boolean): MountSet {
  const members = mounts.flatMap((mount, index) => test(mount, index) ? [index] : [])
  const mask = new Uint8Array(mounts.length)
  for (const member of members) mask[member] = 1
  return { mask, members }
}

/** All that the documents declare, ready for the tree. */
export interface Declared {
  mounts: Mount[]
  endpoints: Endpoint[]
  branches: Branch[]
  methods: ReadonlyMap<string, number>
}

/** More greedy parameters than this in one template are not also tried as single segments. */
const maxGreedy = 3

const standardMethods = ['*', 'GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'QUERY']
const ANY = 0
const GET = 1
/** Numbers of methods that have rules of their own. */
export const HEAD = 2
export const OPTIONS = 6

/** Turns documents into branches, in their order: earlier documents and keys go first. */
export function declare (apis: readonly ApiDocument[]): Declared {
  const methods = new Map(standardMethods.map((method, index) => [method, index]))
  const declared: Declared = { mounts: [], endpoints: [], branches: [], methods }
  const bases = new Map<string, ParsedTemplate>()
  for (const [document, api] of apis.entries()) {
    const known = new Map<string, number>()
    for (const path of api.paths) declarePath(declared, { api, document, known, methods, bases }, path)
  }
  return declared
}

interface Context {
  api: ApiDocument
  document: number
  known: Map<string, number>
  methods: Map<string, number>
  bases: Map<string, ParsedTemplate>
}

function declarePath (declared: Declared, context: Context, path: ApiPath): void {
  const folded = foldKey(path.template)
  const greedy = new Set(path.greedy)
  // A blank at either end of a key is a slip of the pen: by the letter it counts, but clients do not send it.
  const meant = foldKey(path.template.trim()).path.trimEnd()
  const texts = meant === folded.path ? [folded.path] : [folded.path, meant]
  const written = texts.map((text) => parseTemplate(text, greedy))
  const ownHead = path.operations.some(({ endpoint }) => endpoint.method === 'HEAD')
  for (const [servers, endpoints] of groupByServers(path)) {
    declared.endpoints.push(...endpoints)
    const groups = byReach(servers)
    const hasRoot = groups.flat().some(({ basePath, defaultPath }) => basePath === '' || defaultPath === '')
    for (const group of groups) {
      const mount = mountFor(declared, context, group)
      const { bases, defaults, labels } = declared.mounts[mount]!
      const record: TemplateRecord = {
        document: context.document,
        mount,
        suffixed: folded.suffixed,
        byMethod: tableOf(endpoints, context.methods, ownHead),
        path: pathEndpoint(context.api, path, (bases[0] ?? '') + folded.path),
      }
      for (const base of [...bases, ...defaults.keys()]) {
        const label = (defaults.get(base) ?? base) + folded.path
        labels.push(base + folded.path)
        for (const [derived, parsed] of written.entries()) {
          const spelling = { label, based: base === '' ? 0 : 1, stripped: 0, open: Number(base.startsWith('/{')), derived }
          const open = defaults.get(base) ?? base
          for (const branch of branchesOf(record, joinBase(context.bases, base, parsed), spelling)) {
            declared.branches.push(open === base ? branch : withVariables(branch, baseOf(context.bases, base), baseOf(context.bases, open)))
          }
        }
      }
      if (hasRoot || bases.includes('')) continue
      const label = (bases[0] ?? '') + folded.path
      for (const [derived, parsed] of written.entries()) {
        declared.branches.push(...branchesOf(record, parsed, { label, based: 0, stripped: 1, open: 0, derived }))
      }
    }
  }
}

/**
 * Servers whose base path begins with an open variable, apart from those of other hosts: on these, any first segment would
 * count as a value of it.
 */
function byReach (servers: readonly Server[]): Array<readonly Server[]> {
  const open = servers.filter(({ basePath }) => basePath.startsWith('/{'))
  const fixed = servers.filter(({ basePath }) => !basePath.startsWith('/{'))
  const isApart = fixed.length > 0 && fixed.some(({ host }) => open.length > 0 && !open.some((other) => other.host === host))
  return isApart ? [fixed, open] : [servers]
}

function groupByServers (path: ApiPath): Map<readonly Server[], Endpoint[]> {
  const groups = new Map<readonly Server[], Endpoint[]>()
  for (const { endpoint, servers } of path.operations) {
    const group = groups.get(servers)
    if (group === undefined) groups.set(servers, [endpoint])
    else group.push(endpoint)
  }
  if (groups.size === 0) groups.set(path.servers, [])
  return groups
}

function mountFor (declared: Declared, context: Context, servers: readonly Server[]): number {
  const key = servers.map(({ host, basePath, defaultPath }) => `${host} ${basePath} ${defaultPath ?? ''}`).join('\n')
  const known = context.known.get(key)
  if (known !== undefined) return known
  const mount = declared.mounts.length
  const bases = new Set(servers.length === 0 ? [''] : servers.map((server) => server.basePath))
  context.known.set(key, mount)
  declared.mounts.push({
    document: context.document,
    service: context.api.service,
    hosts: [...new Set(servers.map((server) => server.host))],
    bases: [...bases],
    defaults: defaultsOf(servers, bases),
    labels: [],
  })
  return mount
}

/** A default that is also a base path by itself keeps its own label. */
function defaultsOf (servers: readonly Server[], bases: ReadonlySet<string>): Map<string, string> {
  return new Map(servers.flatMap(({ basePath, defaultPath }): Array<[string, string]> =>
    defaultPath === undefined || bases.has(defaultPath) ? [] : [[defaultPath, basePath]]).reverse())
}

/** A HEAD of the path's own, though at other servers, outweighs the GET that would stand in for it. */
function tableOf (endpoints: readonly Endpoint[], methods: Map<string, number>, ownHead: boolean): Array<Endpoint | undefined> {
  const table: Array<Endpoint | undefined> = new Array(standardMethods.length).fill(undefined)
  for (const endpoint of endpoints) {
    const method = methods.get(endpoint.method) ?? methods.size
    methods.set(endpoint.method, method)
    table[method] ??= endpoint
  }
  if (!ownHead) table[HEAD] ??= table[GET]
  if (table[ANY] === undefined) return table
  return table.map((endpoint) => endpoint ?? table[ANY])
}

/** Stands for a path whose asked method is not declared. */
function pathEndpoint (api: ApiDocument, path: ApiPath, route: string): Endpoint {
  const { service, source, apiVersion } = api
  const { template, where } = path
  return { method: '', template, route, operationId: '', service, api: api.api, apiVersion, deprecated: false, statuses: [], source, where }
}

function joinBase (known: Map<string, ParsedTemplate>, base: string, path: ParsedTemplate): ParsedTemplate {
  if (base === '') return path
  return { segments: [...baseOf(known, base).segments, ...path.segments], slash: path.slash }
}

function baseOf (known: Map<string, ParsedTemplate>, base: string): ParsedTemplate {
  const parsed = known.get(base) ?? parseTemplate(base)
  known.set(base, parsed)
  return parsed
}

interface Spelling { label: string, based: number, stripped: number, open: number, derived: number }

function branchesOf (record: TemplateRecord, { segments, slash }: ParsedTemplate, { label, ...rank }: Spelling): Branch[] {
  const [widest = segments, ...others] = spellings(segments)
  const form: Form = { segments: widest, slash, label }
  const branch: Branch = { record, form, segments: widest, ...rank }
  return [branch, ...others.map((other) => ({ ...branch, segments: other, form: { ...form, segments: other }, derived: 1 }))]
}

/** The default of a variable is one of its values: the tree holds the default, the form that parameters are read by the variable. */
function withVariables (branch: Branch, { segments: written }: ParsedTemplate, { segments: open }: ParsedTemplate): Branch {
  if (written.length !== open.length) return branch
  return { ...branch, form: { ...branch.form, segments: [...open, ...branch.form.segments.slice(open.length)] } }
}

/**
 * Every way to write a template whose parameters may span segments, the one where all of them do first. One that holds
 * a single segment must rank as any parameter does, or `/{scope+}/providers/Known` would lose to `/{a}/providers/{b}`.
 */
function spellings (segments: readonly Segment[]): Segment[][] {
  const places = segments.flatMap((segment, index) => single(segment) === undefined ? [] : [index])
  const choices = places.length > maxGreedy ? 1 : 2 ** places.length
  return Array.from({ length: choices }, (_, choice) => segments.flatMap((segment, index) => {
    const narrow = single(segment)
    if (narrow === undefined) return [segment]
    return (choice >> places.indexOf(index)) % 2 === 1 ? [narrow] : wide(segment)
  }))
}

/** The segment without its span, if it has one. */
function single (segment: Segment): Segment | undefined {
  if (segment.kind === 'greedy') return { kind: 'param', names: segment.names }
  if (segment.kind !== 'mixed' || segment.spans !== true) return undefined
  return { kind: 'mixed', literals: segment.literals, names: segment.names }
}

/** `{name+}:cancel` over several segments is one parameter that spans all but the last, and the rest of it in the last. */
function wide (segment: Segment): Segment[] {
  const narrow = single(segment)
  if (segment.kind !== 'mixed' || narrow?.kind !== 'mixed') return [segment]
  const { literals, names } = segment
  if (literals[0] === '') return [{ kind: 'greedy', names: names[0]! }, { ...narrow, joined: 'before' }]
  if (literals[literals.length - 1] !== '') return [narrow]
  return [{ ...narrow, joined: 'after' }, { kind: 'greedy', names: names[names.length - 1]! }]
}
