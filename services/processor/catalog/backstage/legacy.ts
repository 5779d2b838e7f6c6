/** Backstage catalogs of before 2023, which have `GET /entities` only. */
import { entitiesOf, keptEntity, refOfEntity, versionFields, versionOf } from './entity.ts'
import type { HeldEntity, RawEntity } from './entity.ts'
import { companions, notBackstage } from './server.ts'
import type { BackstageServer } from './server.ts'
import { FetchError } from '../fetching/fetch-error.ts'
import { fetchJson } from '../fetching/fetch-json.ts'

// From so many changes a page on, reading the pages is cheaper than asking for each.
const manyChanges = 0.1

/**
 * Reads all entities. One unpaged list of the versions is the truth: pages by offset skip what moves while they are
 * read, so whatever the list has and the pages lack is asked for by its name.
 */
export async function readLegacyEntities (server: BackstageServer, previous: ReadonlyMap<string, HeldEntity>): Promise<RawEntity[]> {
  const items = await list(server, [['fields', versionFields.join(',')]])
  const listed = new Map(items.map((item) => [refOfEntity(item), versionOf(item)]))
  const kept = new Map<string, RawEntity>()
  const take = (entity: RawEntity): void => { kept.set(refOfEntity(entity), keptEntity(entity)) }
  const isCurrent = (ref: string): boolean => listed.get(ref) !== '' && previous.get(ref)?.version === listed.get(ref)
  for (const ref of listed.keys()) if (isCurrent(ref)) take(previous.get(ref)?.entity ?? {})
  const isListed = (entity: RawEntity): boolean => listed.has(refOfEntity(entity))
  if (listed.size - kept.size > server.pageSize * manyChanges) (await readPages(server)).filter(isListed).forEach(take)
  for (const ref of listed.keys()) if (!kept.has(ref)) (await readOne(server, ref)).forEach(take)
  return [...kept.values()]
}

async function readPages (server: BackstageServer): Promise<RawEntity[]> {
  const all = new Map<string, RawEntity>()
  for (let offset = 0; ; offset += server.pageSize) {
    const page = await list(server, [['offset', String(offset)], ['limit', String(server.pageSize)]])
    const before = all.size
    for (const entity of page) all.set(refOfEntity(entity), entity)
    // A server that does not know offsets gives the same page again.
    if (page.length < server.pageSize || all.size === before) return [...all.values()]
  }
}

async function list (server: BackstageServer, parameters: Array<[string, string]>): Promise<RawEntity[]> {
  const filters = [...new Set([...server.filter, ...companions])].map((filter): [string, string] => ['filter', filter])
  const url = new URL(`${server.base}/entities?${new URLSearchParams([...filters, ...parameters]).toString()}`)
  const items = entitiesOf(await fetchJson(url, server))
  if (items === undefined) throw notBackstage(url)
  return items
}

async function readOne (server: BackstageServer, ref: string): Promise<RawEntity[]> {
  const path = ref.split(/[:/]/).map(encodeURIComponent).join('/')
  const url = new URL(`${server.base}/entities/by-name/${path}`)
  const answer = await fetchJson(url, server).catch((error: unknown) => {
    if (error instanceof FetchError && error.status === 404) return undefined
    throw error
  })
  return answer === undefined ? [] : entitiesOf([answer]) ?? []
}
