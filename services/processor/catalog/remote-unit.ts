import { readKong } from '../../../normalizer/index.ts'
import type { KongCatalog, Problem } from '../../../normalizer/index.ts'
import { readBackstageApi } from './backstage-api.ts'
import type { BackstageState } from './backstage-api.ts'
import { shownUrl } from './fetch-error.ts'
import { readKongAdmin } from './kong-admin.ts'
import type { RemoteReading } from './remote.ts'
import { readRemoteDocument } from './remote-document.ts'
import type { DocumentUrl, RemoteDocument } from './remote-document.ts'
import { isUrl, kongSources } from './sources.ts'
import type { BackstageSource, CatalogConfig, FetchPolicy, KongAdminSource, OpenApiSource } from './sources.ts'

/** One thing that is asked over HTTP, as plain data: `key` is what it is kept under, `label` what people see of it. */
export type RemoteUnit = { key: string, label: string, intervalMs: number | undefined } & (
  | { kind: 'openapi', source: DocumentUrl }
  | { kind: 'backstage', source: Exclude<BackstageSource, string> }
  | { kind: 'kong', source: KongAdminSource })

/** What is kept of a Backstage. */
export interface RemoteBackstage { entities: unknown[], problems: Problem[], state: BackstageState }

/** What is kept of a Kong; no secrets. */
export interface RemoteKong { catalog: KongCatalog, digest: string }

/** The unit of an OpenAPI document behind a URL. */
export function documentUnit (source: DocumentUrl, intervalMs?: number): RemoteUnit {
  return { kind: 'openapi', key: `openapi ${source.url}`, label: shownUrl(source.url), intervalMs, source }
}

/** The unit of a Backstage's REST API. */
export function backstageUnit (source: Exclude<BackstageSource, string>): RemoteUnit {
  const key = `backstage ${source.url} ${source.filter.join(' ')}`
  return { kind: 'backstage', key, label: shownUrl(source.url), intervalMs: source.interval, source }
}

/** The unit of a Kong's Admin API. */
export function kongUnit (source: KongAdminSource): RemoteUnit {
  const key = `kong ${source.admin_url} ${source.workspaces.join(' ')} ${source.tags.join(' ')} ${source.credentials}`
  return { kind: 'kong', key, label: shownUrl(source.admin_url), intervalMs: source.interval, source }
}

/** The unit of an entry of `openapi:`; undefined for one that is a path. */
export function openapiUnit (source: OpenApiSource): RemoteUnit | undefined {
  if (typeof source === 'string') return isUrl(source) ? documentUnit({ url: source, headers: {} }) : undefined
  if (!('url' in source)) return undefined
  const { url, token, headers = {}, interval } = source
  const bearer: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return documentUnit({ url, headers: { ...bearer, ...headers } }, interval)
}

/** The units that the configuration itself names; documents and entities may name more. */
export function configuredUnits ({ openapi, backstage, kong }: CatalogConfig): RemoteUnit[] {
  return [
    ...openapi.flatMap((source) => openapiUnit(source) ?? []),
    ...backstage.flatMap((source) => typeof source === 'string' ? [] : [backstageUnit(source)]),
    ...kongSources(kong).flatMap((source) => typeof source === 'string' ? [] : [kongUnit(source)]),
  ]
}

/** How a unit is read: `previous` is what is kept of it, `begin` is called before something is parsed. */
export interface ReadingOptions { policy: FetchPolicy, previous: unknown, begin: () => void, signal: AbortSignal }

/** Reads a unit anew, or finds that nothing has changed since the previous reading. Throws the errors of its reader. */
export async function readUnit (unit: RemoteUnit, { policy, previous, begin, signal }: ReadingOptions): Promise<RemoteReading<unknown>> {
  if (unit.kind !== 'openapi') begin()
  switch (unit.kind) {
    case 'openapi': return await readRemoteDocument({ ...unit.source, begin, signal }, policy, previous as RemoteDocument | undefined)
    case 'backstage': return await readBackstageUnit(unit.source, previous as RemoteBackstage | undefined, signal)
    case 'kong': return await readKongUnit(unit, previous as RemoteKong | undefined, signal)
  }
}

async function readBackstageUnit (
  source: Exclude<BackstageSource, string>, previous: RemoteBackstage | undefined, signal: AbortSignal
): Promise<RemoteReading<RemoteBackstage>> {
  const { entities, problems, state, digest, changed } = await readBackstageApi(source, previous?.state, { signal })
  return { value: { entities, problems, state }, digest, changed: changed || previous === undefined }
}

async function readKongUnit (
  { source, label }: Extract<RemoteUnit, { kind: 'kong' }>, previous: RemoteKong | undefined, signal: AbortSignal
): Promise<RemoteReading<RemoteKong>> {
  const { document, problems, digest, changed } = await readKongAdmin(source, previous?.digest, { signal })
  if (!changed && previous !== undefined) return { value: previous, digest, changed: false }
  const catalog = readKong(document, { source: label })
  return { value: { catalog: { ...catalog, problems: [...problems, ...catalog.problems] }, digest }, digest, changed: true }
}
