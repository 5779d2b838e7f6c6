/** OpenAPI documents in files and behind URLs: https://spec.openapis.org/oas/ */
import { z } from 'zod'
import type { RemoteUnit } from '../fetching/remote-unit.ts'
import { interval } from '../policy.ts'
import { isUrl } from '../reading/source-name.ts'
import { defineSource } from '../source.ts'
import type { DocumentOrigin } from '../source.ts'
import { documentUnit, readRemoteDocument } from './remote-document.ts'
import type { DocumentUrl, RemoteDocument } from './remote-document.ts'

const path = z.string().min(1)
const url = z.url({ protocol: /^https?$/, error: 'write an http or https URL' })
const service = path.describe('Name of the service that the documents describe.')

const entry = z.union([
  path,
  z.strictObject({ path, service }),
  z.strictObject({
    url: url.describe('URL of one document.'),
    service: service.optional(),
    token: path.optional().describe('Sent as "Authorization: Bearer …" to that host only. Best ${NAME} or ${file:…}.'),
    headers: z.record(path, z.string()).optional().describe('More request headers, sent to that host only.'),
    interval,
  }),
])

type Entry = z.output<typeof entry>

/** API documents: what all routes come from. */
export const openapi = defineSource({
  options: z.array(entry).default([]).describe('OpenAPI 2.0, 3.0, 3.1 and 3.2 documents: files, folders, globs or URLs.'),
  command: {
    value: '<path...>',
    describe: 'OpenAPI documents (2.0, 3.0, 3.1, 3.2): files, folders, quoted globs or URLs',
    token: 'bearer token',
    entry: (place, token) => token === undefined || !isUrl(place) ? place : { url: place, token },
  },
  origins: (entries) => entries.map(originOf).map((origin) => 'unit' in origin ? origin.unit : { path: origin.path, mayRefer: true }),
  read: async (entries) => ({ documents: entries.map(originOf) }),
  fetch: async ({ options }: RemoteUnit<DocumentUrl>, { policy, previous, begin, signal }) =>
    await readRemoteDocument({ ...options, begin, signal }, policy, previous as RemoteDocument | undefined),
})

function originOf (source: Entry): DocumentOrigin {
  if (typeof source === 'string') return { ...isUrl(source) ? { unit: documentUnit({ url: source, headers: {} }) } : { path: source }, service: '' }
  if (!('url' in source)) return source
  const bearer: Record<string, string> = source.token === undefined ? {} : { authorization: `Bearer ${source.token}` }
  const unit = documentUnit({ url: source.url, headers: { ...bearer, ...source.headers } }, source.interval)
  return { unit, service: source.service ?? '' }
}
