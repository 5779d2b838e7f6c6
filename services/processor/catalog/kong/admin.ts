/** Reads services, routes and consumers from Kong's Admin API: https://developer.konghq.com/admin-api/ */
import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Problem } from '../../../../normalizer/index.ts'
import { byteSize, duration } from '../../../runtime/units.ts'
import { FetchError, shownUrl } from '../fetching/fetch-error.ts'
import { fetchJson } from '../fetching/fetch-json.ts'
import type { Server } from '../fetching/fetch-json.ts'
import { inOrder, isEntity, keptOf, kongKinds } from './entity.ts'
import type { KongEntity, KongKind } from './entity.ts'

/** A Kong Admin API as a catalog source. */
export const kongAdminSchema = z.strictObject({
  admin_url: z.url({ protocol: /^https?$/ }).describe('Base URL of the Admin API.'),
  token: z.string().min(1).optional().describe('Sent as `Kong-Admin-Token`.'),
  headers: z.record(z.string(), z.string()).default({}).describe('Further request headers, for a proxy in front of the Admin API.'),
  workspaces: z.array(z.string().regex(/^[\w.~-]+$/)).default([]).describe('Workspaces to read; none means the default one.'),
  tags: z.array(z.string().regex(/^[^,/]+$/)).default([]).describe('Only routes and consumers with all of these tags, and the services of these routes.'),
  credentials: z.boolean().default(true).describe('Read the ids of credentials, so that a record that names only its credential finds its consumer. Secrets are thrown away as they arrive.'),
  page_size: z.int().min(1).max(1000).default(1000).describe('Entities a request.'),
  max_size: byteSize.default(64 * 1024 ** 2).describe('Limit on one answer.'),
  timeout: duration.default(30_000).describe('For one request.'),
})

/** What {@link readKongAdmin} is told: the checked form of {@link kongAdminSchema}. */
export type KongAdminOptions = z.output<typeof kongAdminSchema>

/** What Kong routes, in the shape of a declarative file. */
export interface KongReading {
  /** `_format_version: 3.0` with services, routes, consumers and credentials without their secrets; for `readKong`. */
  document: Record<string, unknown>
  problems: Problem[]
  /** False when the digest is the one that was handed in. */
  changed: boolean
  /** 32 hex digits over the document. */
  digest: string
}

/**
 * Reads what Kong routes. A node without a database gives everything at once; else the lists are read page by page, and
 * read again when a route names a service that was not yet there. Kong has no validators, so `previous` is a digest.
 * Throws CATALOG_FETCH when it cannot be read whole.
 */
export async function readKongAdmin (
  options: KongAdminOptions, previous = '', { signal, backoffMs = 500, begin }: { signal?: AbortSignal, backoffMs?: number, begin?: () => void } = {}
): Promise<KongReading> {
  const token: Record<string, string> = options.token === undefined ? {} : { 'kong-admin-token': options.token }
  const headers = { ...options.headers, ...token }
  const server: Admin = { headers, maxBytes: options.max_size, timeoutMs: options.timeout, signal, backoffMs, begin, denied: new Set() }
  const single = options.workspaces.length === 0 && options.tags.length === 0
  const lists = (single ? await readExport(options, server) : undefined) ?? await readSettled(options, server)
  const document = { _format_version: '3.0', ...Object.fromEntries(lists) }
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 32)
  const source = shownUrl(options.admin_url)
  const problems = problemsOf(lists, server).map((problem): Problem => ({ severity: 'warning', source, ...problem }))
  return { document, problems, changed: digest !== previous, digest }
}

type Lists = Map<KongKind, KongEntity[]>

/** The server, and the lists that the token may not read. */
interface Admin extends Server { denied: Set<string> }

function problemsOf (lists: Lists, { denied }: Admin): Array<{ code: string, message: string }> {
  const missing = [...denied].join(', ')
  return [
    ...(lists.get('routes') ?? []).length === 0 ? [{ code: 'no-routes', message: 'Kong has no route that the token may see and that fits the tags.' }] : [],
    ...missing === '' ? [] : [{ code: 'not-allowed', message: `The token may not read ${missing}; callers may stay unknown.` }],
  ]
}

/** `GET /config`, which only nodes without a database answer; undefined elsewhere, or where the token may not. */
async function readExport (options: KongAdminOptions, server: Admin): Promise<Lists | undefined> {
  const url = urlOf(options, '', 'config')
  const answer = await fetchJson(url, server).catch((error: unknown) => {
    if (error instanceof FetchError && [400, 403, 404, 405].includes(error.status)) return undefined
    throw error
  })
  if (answer === undefined) return undefined
  const exported = isEntity(answer) && typeof answer.config === 'string' ? parsed(answer.config) : undefined
  if (!isEntity(exported)) throw notKong(url)
  return listsOf((kind) => options.credentials || isBasic(kind) ? exported[kind] : [])
}

function parsed (yaml: string): unknown {
  try {
    return parse(yaml) as unknown
  } catch {
    return undefined
  }
}

function listsOf (find: (kind: KongKind) => unknown): Lists {
  return new Map(kongKinds.map((kind) => {
    const found = find(kind)
    return [kind, inOrder(kind, Array.isArray(found) ? found.filter(isEntity) : []).map((entity) => keptOf(kind, entity))]
  }))
}

async function readSettled (options: KongAdminOptions, server: Admin): Promise<Lists> {
  for (let attempt = 1; ; attempt++) {
    const all = await readLists(options, server)
    const { services = [], routes = [] } = Object.fromEntries(all)
    const used = new Set(routes.map(({ service }) => isEntity(service) ? service.id : undefined))
    const known = new Set(services.map(({ id }) => id))
    if (attempt < 3 && [...used].some((id) => id !== undefined && !known.has(id))) continue
    return all.set('services', services.filter((service) => used.has(service.id) || hasTags(service, options.tags)))
  }
}

/** A service counts through its tags, or through a route of it that has them. */
function hasTags ({ tags }: KongEntity, wanted: readonly string[]): boolean {
  return wanted.every((tag) => Array.isArray(tags) && tags.includes(tag))
}

async function readLists (options: KongAdminOptions, server: Admin): Promise<Lists> {
  const all = new Map<KongKind, KongEntity[]>()
  for (const workspace of options.workspaces.length === 0 ? [''] : options.workspaces) {
    for (const kind of kongKinds) {
      if (options.credentials || isBasic(kind)) all.set(kind, [...all.get(kind) ?? [], ...await readList(options, server, workspace, kind)])
    }
  }
  return listsOf((kind) => all.get(kind))
}

const lists: Record<KongKind, string> = {
  services: 'services',
  routes: 'routes',
  consumers: 'consumers',
  keyauth_credentials: 'key-auths',
  jwt_secrets: 'jwts',
  basicauth_credentials: 'basic-auths',
  hmacauth_credentials: 'hmac-auths',
  oauth2_credentials: 'oauth2',
  mtls_auth_credentials: 'mtls-auths',
}

function isBasic (kind: KongKind): boolean {
  return kind === 'services' || kind === 'routes' || kind === 'consumers'
}

/** Pages in a row without anything new: then offsets that are always new ones lead nowhere. */
const mostIdle = 10

/** All pages of one list; secrets are dropped page by page. */
async function readList (options: KongAdminOptions, server: Admin, workspace: string, kind: KongKind): Promise<KongEntity[]> {
  const entities: KongEntity[] = []
  const offsets = new Set<string>()
  const ids = new Set<unknown>()
  for (let offset = '', idle = 0; ;) {
    const url = urlOf(options, workspace, lists[kind])
    url.searchParams.set('size', String(options.page_size))
    if (options.tags.length > 0 && (kind === 'routes' || kind === 'consumers')) url.searchParams.set('tags', options.tags.join(','))
    if (offset !== '') url.searchParams.set('offset', offset)
    const page = await readPage(url, server, kind)
    const fresh = page.items.filter(({ id }) => id === undefined || !ids.has(id))
    for (const { id } of fresh) ids.add(id)
    entities.push(...fresh)
    if (page.next === '') return entities
    idle = fresh.length === 0 ? idle + 1 : 0
    if (offsets.has(page.next) || idle === mostIdle) throw new FetchError('the pages of a list run in a circle', { url, retriable: true })
    offsets.add(page.next)
    offset = page.next
  }
}

/**
 * A list that this Kong does not have, or that the token may not read, is empty unless it is about routing. An empty list
 * may be written as an empty object.
 */
async function readPage (url: URL, server: Admin, kind: KongKind): Promise<{ items: KongEntity[], next: string }> {
  const answer = await fetchJson(url, server).catch((error: unknown) => {
    const isNeeded = kind === 'services' || kind === 'routes'
    if (!(error instanceof FetchError) || ![403, 404].includes(error.status) || isNeeded) throw error
    if (error.status === 403) server.denied.add(lists[kind])
    return { data: [] }
  })
  if (!isEntity(answer) || !(Array.isArray(answer.data) || isEntity(answer.data))) throw notKong(url)
  const data: unknown[] = Array.isArray(answer.data) ? answer.data : []
  return { items: data.filter(isEntity).map((entity) => kept(kind, entity)), next: typeof answer.offset === 'string' ? answer.offset : '' }
}

/** `created_at` gives the order of routes and is left out afterwards. */
function kept (kind: KongKind, entity: KongEntity): KongEntity {
  return { ...keptOf(kind, entity), created_at: entity.created_at }
}

function urlOf ({ admin_url }: KongAdminOptions, workspace: string, path: string): URL {
  const url = new URL(admin_url)
  url.search = url.hash = ''
  url.pathname = [url.pathname.replace(/\/+$/, ''), workspace, path].filter((part, index) => index === 0 || part !== '').join('/')
  return url
}

function notKong (url: URL): FetchError {
  return new FetchError('the answer is not that of a Kong Admin API', { url, hint: 'Give the base URL of the Admin API, such as http://127.0.0.1:8001.' })
}
