/** Where the catalog comes from: `catalog:` in the processor's configuration. */
import { z } from 'zod'
import { byteSize, duration } from '../../runtime/units.ts'
import { backstageApiSchema } from './backstage-api.ts'
import { kongAdminSchema } from './kong-admin.ts'
import { defaultFileBytes } from './regular-file.ts'

const path = z.string().min(1)
const ownPath = (form: string): typeof path => path.refine((text) => !isUrl(text), `a URL is written ${form}`)
const url = z.url({ protocol: /^https?$/, error: 'write an http or https URL' })
const service = path.describe('Name of the service that the documents describe.')

/** What may stand with every source that is asked over HTTP. */
const interval = duration.optional().describe('How often it is asked; default: refresh.remote.')

const openapiSchema = z.union([
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

const kongSchema = z.union([ownPath('{ admin_url: … }'), kongAdminSchema.extend({ interval })])

/** How often sources are looked at while the processor runs. */
const refreshSchema = z.strictObject({
  files: duration.default(10_000).describe('How often files and folders are looked at.'),
  remote: duration.default(300_000).describe('How often URLs, Backstage and Kong\'s Admin API are asked.'),
  retry: duration.default(5000).describe('First pause after a failure; it doubles with every further one, up to the interval.'),
  grace: duration.default(10_000).describe('How long a start waits for sources that do not answer; then it uses what was read of them last, or goes on without them until they answer.'),
})

/** What a fetched document may cost; references of fetched documents count as well. */
const fetchSchema = z.strictObject({
  max_bytes: byteSize.default(64 * 1024 ** 2).describe('Largest answer, decompressed.'),
  timeout: duration.default(30_000).describe('For one answer as a whole, redirects included.'),
  redirects: z.number().int().min(0).max(20).default(5).describe('Redirects that are followed; never from https to http.'),
  references: z.number().int().min(0).max(10_000).default(100).describe('Most other documents that one fetched document may refer to.'),
  hosts: z.array(path).default([]).describe('Hosts (example.com, *.example.com), besides the own origin (scheme, host and port), that the redirects and references of a fetched document may lead to.'),
})

/** Which files are read. */
const filesSchema = z.strictObject({
  folders: z.array(path).default([]).describe('Folders, besides those of the sources and of this file, that references and symbolic links of documents may lead to.'),
  max_bytes: byteSize.default(defaultFileBytes).describe('Largest file that is read.'),
})

const compileSchema = z.strictObject({
  memory: byteSize.default(1024 ** 3).describe('Most memory for reading what was fetched, and for compiling, each on a thread of its own; a document that needs more is left out.'),
  timeout: duration.default(300_000).describe('Most time for reading one source, and for compiling all.'),
})

/** Where the catalog comes from. Paths and globs are relative to the configuration file. */
export const catalogSchema = z.strictObject({
  openapi: z.array(openapiSchema).default([]).describe('OpenAPI 2.0, 3.0 and 3.1 documents: files, folders, globs or URLs.'),
  backstage: z.array(z.union([ownPath('{ url: … }'), backstageApiSchema.extend({ interval })])).default([])
    .describe('Backstage catalog-info.yaml files, folders or globs, or the REST API of a Backstage.'),
  kong: z.union([kongSchema, z.array(kongSchema).min(1)]).optional()
    .describe('Kong\'s declarative configuration (a file, a folder or a glob), or its Admin API, or a list of them.'),
  partners: path.optional().describe('Partners, their consumers and quotas.'),
  exclude: z.array(path).default([]).describe('Globs of files that folders and globs leave out, such as "**/templates/**"; files that are named themselves are read.'),
  refresh: refreshSchema.prefault({}),
  files: filesSchema.prefault({}),
  fetch: fetchSchema.prefault({}),
  compile: compileSchema.prefault({}),
})

/** The checked form of {@link catalogSchema}. */
export type CatalogConfig = z.output<typeof catalogSchema>

/** Sources without the rest: what is left out has its default. */
export type CatalogSources = Partial<CatalogConfig>

/** What fetching may cost. */
export type FetchPolicy = CatalogConfig['fetch']

/** One entry of `openapi:`. */
export type OpenApiSource = CatalogConfig['openapi'][number]

/** One entry of `backstage:`. */
export type BackstageSource = CatalogConfig['backstage'][number]

/** What `kong:` names, one or an entry of its list. */
export type KongSource = z.output<typeof kongSchema>

/** The Admin API of a Kong. */
export type KongAdminSource = Exclude<KongSource, string>

/** The entries of `kong:`. */
export function kongSources (kong: CatalogConfig['kong'] | readonly KongSource[]): KongSource[] {
  return kong === undefined ? [] : [kong].flat()
}

/** True for a text that is a URL and no path. */
export function isUrl (text: string): boolean {
  return /^https?:\/\//i.test(text)
}

/** Fills in defaults. */
export function withDefaults (sources: CatalogSources): CatalogConfig {
  return { ...catalogSchema.parse({}), ...sources }
}

/** True when no source is configured. */
export function isEmpty ({ openapi, backstage, kong, partners }: CatalogConfig): boolean {
  return openapi.length === 0 && backstage.length === 0 && kong === undefined && partners === undefined
}
