/** Reads a Backstage catalog over its REST API, only what changed since the last time. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Problem } from '../../../../normalizer/index.ts'
import { byteSize, duration } from '../../../runtime/units.ts'
import { keptEntity, neededBy, refOfEntity, versionFields, versionOf } from './entity.ts'
import type { HeldEntity, RawEntity } from './entity.ts'
import { readLegacyEntities } from './legacy.ts'
import { withMissing } from './missing.ts'
import { companions, fetchEntities, listEntities } from './server.ts'
import type { BackstageServer, Listing } from './server.ts'
import { FetchError, shownUrl } from '../fetching/fetch-error.ts'
import type { RemoteUnit } from '../fetching/remote-unit.ts'

/** A Backstage installation as a catalog source. */
export const backstageApiSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Base URL of the Backstage backend; `/api/catalog` is added unless it is there.'),
  token: z.string().min(1).optional().describe('Static access token of `backend.auth.externalAccess`, sent as a bearer token.'),
  headers: z.record(z.string(), z.string()).default({}).describe('Further request headers, for a proxy in front of Backstage.'),
  filter: z.array(z.string().min(1)).min(1).default(['kind=component', 'kind=api'])
    .describe('Which entities to read, as the API\'s `filter` parameter; one that fits any line counts. Default: kind=component and kind=api. Owners, systems, domains and provided APIs are added.'),
  page_size: z.int().min(1).max(10_000).default(500).describe('Entities a request.'),
  max_size: byteSize.default(64 * 1024 ** 2).describe('Limit on one answer; an entity that is larger by itself is left out and told.'),
  timeout: duration.default(30_000).describe('For one request.'),
})

/** What {@link readBackstageApi} is told: the checked form of {@link backstageApiSchema}. */
export type BackstageApiOptions = z.output<typeof backstageApiSchema>

/** An entry of the configuration that is a server. */
export type BackstageServerEntry = BackstageApiOptions & { interval?: number | undefined }

/** What is kept of a Backstage. */
export interface RemoteBackstage { entities: unknown[], problems: Problem[], state: BackstageState }

/** The unit of a Backstage's REST API. */
export function backstageUnit (options: BackstageServerEntry): RemoteUnit<BackstageServerEntry> {
  const key = `backstage ${options.url} ${options.filter.join(' ')}`
  return { source: 'backstage', key, label: shownUrl(options.url), intervalMs: options.interval, options }
}

/** What was read, to be given to the next reading; plain data. */
export type BackstageState = ReadonlyMap<string, HeldEntity>

/** Every entity as the REST API gives it, in the order of their references. */
export interface BackstageReading {
  entities: RawEntity[]
  problems: Problem[]
  /** False when nothing differs from the previous reading. */
  changed: boolean
  /** 32 hex digits over all entities and their versions. */
  digest: string
  state: BackstageState
}

/** How to end a reading early, the first wait between tries, and who is told before an answer is parsed. */
export interface ReadingOptions { signal?: AbortSignal, backoffMs?: number, begin?: () => void }

/**
 * Reads the catalog: first the versions of all entities, then those that changed, then the owners, systems and domains
 * that they refer to. Throws CATALOG_FETCH when it cannot be read whole, also when a catalog that had entities answers
 * with none: what was read before stays better than half.
 */
export async function readBackstageApi (
  options: BackstageApiOptions, previous: BackstageState = new Map(), reading: ReadingOptions = {}
): Promise<BackstageReading> {
  const server = serverOf(options, reading)
  const problems: Problem[] = []
  const report: Report = (code, message, where) => { problems.push({ severity: 'warning', code, message, source: shownUrl(server.base), where }) }
  const entities = await readEntities(server, previous, report)
  if (entities.length === 0 && previous.size > 0) throw emptied(server, previous.size)
  if (entities.length === 0) report('no-entities', `No entity fits the filter: ${options.filter.join(' or ')}.`)
  const state = withMissing(new Map(entities.map(heldOf)), previous, Date.now())
  const missing = [...state.values()].filter(({ missingSince }) => missingSince !== undefined).length
  if (missing > 0) report('entities-missing', `${missing} of ${state.size} entities went missing at once; they are kept until they are back, for an hour at most.`)
  const kept = [...state.values()].map(({ entity }) => entity)
  return { entities: kept, problems, changed: differs(state, previous), digest: digestOf(state), state }
}

function differs (state: BackstageState, previous: BackstageState): boolean {
  return state.size !== previous.size || [...state].some(([ref, { version, missingSince }]) => {
    const before = previous.get(ref)
    return version === '' || before?.version !== version || before.missingSince !== missingSince
  })
}

function digestOf (state: BackstageState): string {
  const hash = createHash('sha256')
  for (const [ref, { version }] of state) hash.update(`${ref} ${version}\n`)
  return hash.digest('hex').slice(0, 32)
}

type Report = (code: string, message: string, where?: string) => void

function serverOf (options: BackstageApiOptions, { signal, backoffMs = 500, begin }: ReadingOptions): BackstageServer {
  const authorization: Record<string, string> = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  return {
    base: catalogUrl(options.url),
    headers: { ...options.headers, ...authorization },
    filter: options.filter,
    pageSize: options.page_size,
    maxBytes: options.max_size,
    timeoutMs: options.timeout,
    signal,
    backoffMs,
    begin,
  }
}

function catalogUrl (text: string): string {
  const url = new URL(text)
  url.search = url.hash = ''
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith('/catalog') ? path : `${path}${path.endsWith('/api') ? '' : '/api'}/catalog`
  return url.href
}

function emptied (server: BackstageServer, before: number): FetchError {
  return new FetchError(`the catalog answers with no entities at all, where it had ${before}`, {
    url: server.base,
    retriable: true,
    hint: 'Check that the token may still read entities, and that Backstage has not lost its database.',
  })
}

function heldOf (entity: RawEntity): [string, HeldEntity] {
  return [refOfEntity(entity), { version: versionOf(entity), entity }]
}

/** Old installations have no `by-query`; some proxies let no POST through, and with it no `by-refs`. */
async function readEntities (server: BackstageServer, previous: BackstageState, report: Report): Promise<RawEntity[]> {
  const listing = await listEntities(server, versionFields).catch(unless([404]))
  if (listing === undefined) return await readLegacyEntities(server, previous)
  warnIfUnstable(listing, report)
  const entities = await readByReferences(server, listing, previous, report).catch(unless([403, 404, 405]))
  return entities ?? await readWhole(server, previous, report)
}

/** Turns a failure with one of these statuses into undefined. */
function unless (statuses: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof FetchError) || !statuses.includes(error.status)) throw error
    return undefined
  }
}

function warnIfUnstable ({ stable }: Listing, report: Report): void {
  if (!stable) report('unstable-catalog', 'The catalog kept changing while it was read; what was added meanwhile comes with the next reading.')
}

/** Without references nothing can be asked for singly: all versions are listed, and if any differs, all entities. */
async function readWhole (server: BackstageServer, previous: BackstageState, report: Report): Promise<RawEntity[]> {
  const wider = { ...server, filter: [...new Set([...server.filter, ...companions])] }
  const { entities: listed } = await listEntities(wider, versionFields)
  const isHeld = (item: RawEntity): boolean => versionOf(item) !== '' && previous.get(refOfEntity(item))?.version === versionOf(item)
  if (listed.length === previous.size && listed.every(isHeld)) return [...previous.values()].map(({ entity }) => entity)
  const listing = await listEntities(wider)
  warnIfUnstable(listing, report)
  return listing.entities.map(keptEntity)
}

async function readByReferences (
  server: BackstageServer, listing: Listing, previous: BackstageState, report: Report
): Promise<RawEntity[]> {
  const found = new Map<string, RawEntity>()
  const asked = new Set<string>()
  for (let listed = listing.entities; listed.length > 0;) {
    for (const entity of listed) asked.add(refOfEntity(entity))
    const entities = await current(server, listed, previous, report)
    for (const entity of entities) found.set(refOfEntity(entity), entity)
    const needed = [...new Set(entities.flatMap(neededBy))].filter((ref) => !asked.has(ref))
    for (const ref of needed) asked.add(ref)
    listed = await fetchEntities(server, needed, { fields: versionFields, tooLarge: () => undefined })
  }
  return [...found.values()]
}

/** Entities of which the version is known: those of the previous reading where they are still current, others anew. */
async function current (
  server: BackstageServer, listed: readonly RawEntity[], previous: BackstageState, report: Report
): Promise<RawEntity[]> {
  const isHeld = (item: RawEntity): boolean => versionOf(item) !== '' && previous.get(refOfEntity(item))?.version === versionOf(item)
  const held = listed.filter(isHeld).map((item) => previous.get(refOfEntity(item))?.entity ?? item)
  const stale = listed.filter((item) => !isHeld(item)).map(refOfEntity)
  const tooLarge: string[] = []
  const fresh = await fetchEntities(server, stale, { tooLarge: (ref) => { tooLarge.push(ref) } })
  for (const ref of tooLarge) report('entity-too-large', `${ref} is larger than ${server.maxBytes} bytes and was left out; raise max_size.`, ref)
  const gone = stale.length - fresh.length - tooLarge.length
  if (gone > 0) report('entities-gone', `${gone} of ${listed.length} entities went away while the catalog was read.`)
  return [...held, ...fresh.map(keptEntity)]
}
