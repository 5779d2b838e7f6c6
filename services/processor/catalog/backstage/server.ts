/** The requests of the Backstage catalog's REST API: https://backstage.io/docs/features/software-catalog/software-catalog-api */
import { entitiesOf, refOfEntity } from './entity.ts'
import type { RawEntity } from './entity.ts'
import { FetchError } from '../fetching/fetch-error.ts'
import { fetchJson } from '../fetching/fetch-json.ts'
import type { Server } from '../fetching/fetch-json.ts'

/** A Backstage catalog and how to ask it. */
export interface BackstageServer extends Server {
  /** Ends with `/api/catalog`. */
  base: string
  filter: readonly string[]
  pageSize: number
}

/** One page of `by-query`, and how many entities the server says there are in all. */
interface Page { items: RawEntity[], total: number | undefined, next: string }

/** A list of entities; not `stable` when it changed again and again while it was read. */
export interface Listing { entities: RawEntity[], stable: boolean }

/** Kinds that a reading needs and that cannot be asked for one by one where `by-refs` is missing. */
export const companions = ['kind=system', 'kind=domain', 'kind=group', 'kind=user']

/**
 * Lists the entities that fit the filter, with these fields of each or whole. Pages follow the entities' ids, so one
 * that is there all the time is never skipped; when the number differs from what the server said, the list is read again.
 */
export async function listEntities (server: BackstageServer, fields: readonly string[] = []): Promise<Listing> {
  let entities: RawEntity[] = []
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { items, total } = await readPages(server, fields)
    entities = items
    if (total === undefined || total === items.length) return { entities, stable: true }
  }
  return { entities, stable: false }
}

async function readPages (server: BackstageServer, fields: readonly string[]): Promise<{ items: RawEntity[], total: number | undefined }> {
  const found = new Map<string, RawEntity>()
  const cursors = new Set<string>()
  const chosen: Parameters = fields.length === 0 ? [] : [['fields', fields.join(',')]]
  let page = await readPage(server, [...server.filter.map((filter): [string, string] => ['filter', filter]), ...chosen])
  const { total } = page
  for (let idle = 0; ;) {
    const before = found.size
    for (const item of page.items) found.set(refOfEntity(item), item)
    if (page.next === '') return { items: [...found.values()], total }
    idle = found.size === before ? idle + 1 : 0
    if (cursors.has(page.next) || idle === mostIdle) throw new FetchError('the pages of the catalog run in a circle', { url: server.base, retriable: true })
    cursors.add(page.next)
    page = await readPage(server, [['cursor', page.next], ...chosen])
  }
}

/** Pages in a row without anything new: then cursors that are always new ones lead nowhere. */
const mostIdle = 10

type Parameters = Array<[string, string]>

async function readPage (server: BackstageServer, parameters: Parameters): Promise<Page> {
  const query = new URLSearchParams([...parameters, ['limit', String(server.pageSize)]])
  const url = new URL(`${server.base}/entities/by-query?${query.toString()}`)
  const answer = await fetchJson(url, server) as { items?: unknown, totalItems?: unknown, pageInfo?: { nextCursor?: unknown } } | null
  const items = entitiesOf(answer?.items)
  if (items === undefined) throw notBackstage(url)
  const next = answer?.pageInfo?.nextCursor
  return { items, total: typeof answer?.totalItems === 'number' ? answer.totalItems : undefined, next: typeof next === 'string' ? next : '' }
}

/**
 * Fetches entities by their references, in batches; those that are gone are left out. A batch that is over the size
 * limit is halved; an entity that is too large alone goes to `tooLarge`.
 */
export async function fetchEntities (
  server: BackstageServer, refs: readonly string[], options: { fields?: readonly string[], tooLarge (ref: string): void }
): Promise<RawEntity[]> {
  const entities: RawEntity[] = []
  const queue = batchesOf(refs, server.pageSize)
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const [first = ''] = batch
    const found = await fetchBatch(server, batch, options.fields)
    if (found !== undefined) entities.push(...found)
    else if (batch.length === 1) options.tooLarge(first)
    else queue.unshift(batch.slice(0, batch.length >> 1), batch.slice(batch.length >> 1))
  }
  return entities
}

async function fetchBatch (
  server: BackstageServer, entityRefs: readonly string[], fields: readonly string[] | undefined
): Promise<RawEntity[] | undefined> {
  const url = new URL(`${server.base}/entities/by-refs`)
  const answer = await fetchJson(url, server, { entityRefs, fields }).catch((error: unknown) => {
    if (error instanceof FetchError && error.tooLarge) return undefined
    throw error
  }) as { items?: unknown } | undefined
  if (answer === undefined) return undefined
  return entitiesOf(answer.items) ?? fail(url)
}

// Servers commonly take 100 KB of JSON.
const mostBytes = 65_536

function batchesOf (refs: readonly string[], most: number): string[][] {
  const batches: string[][] = []
  let bytes = Infinity
  for (const ref of refs) {
    bytes += ref.length + 3
    const last = batches.at(-1)
    if (last === undefined || last.length === most || bytes > mostBytes) {
      batches.push([ref])
      bytes = ref.length
    } else last.push(ref)
  }
  return batches
}

/** The error for an answer that is JSON, but not that of a Backstage catalog. */
export function notBackstage (url: URL): FetchError {
  return new FetchError('the answer is not that of a Backstage catalog', { url, hint: 'Give the base URL of the Backstage backend, such as https://backstage.example.com.' })
}

function fail (url: URL): never {
  throw notBackstage(url)
}
