import { shownUrl } from './fetch-error.ts'
import type { RemoteReading } from './remote.ts'
import { readRemoteDocument } from './remote-document.ts'
import type { DocumentUrl, RemoteDocument } from './remote-document.ts'
import type { FetchPolicy } from './sources.ts'

/** One thing that is asked over HTTP, as plain data: `key` is what it is kept under, `label` what people see of it. */
export type RemoteUnit = { key: string, label: string, intervalMs: number | undefined } & { kind: 'openapi', source: DocumentUrl }

/** The unit of an OpenAPI document behind a URL. */
export function documentUnit (source: DocumentUrl, intervalMs?: number): RemoteUnit {
  return { kind: 'openapi', key: `openapi ${source.url}`, label: shownUrl(source.url), intervalMs, source }
}

/** Reads a unit anew, or finds that nothing has changed since the previous reading. Throws the errors of its reader. */
export async function readUnit (unit: RemoteUnit, policy: FetchPolicy, previous: unknown): Promise<RemoteReading<unknown>> {
  return await readRemoteDocument(unit.source, policy, previous as RemoteDocument | undefined)
}
