/** Kong: declarative files and the Admin API. https://developer.konghq.com/gateway/entities/ */
import { z } from 'zod'
import { orderKongRoutes, readKong } from '../../../../normalizer/index.ts'
import type { KongCatalog, Problem } from '../../../../normalizer/index.ts'
import type { LoadContext } from '../context.ts'
import { shownUrl } from '../fetching/fetch-error.ts'
import type { RemoteReading, RemoteUnit } from '../fetching/remote-unit.ts'
import { interval } from '../policy.ts'
import { isUrl } from '../reading/source-name.ts'
import { defineSource } from '../source.ts'
import type { Declared, FetchJob } from '../source.ts'
import { kongAdminSchema, readKongAdmin } from './admin.ts'
import { loadKongFiles, noKong } from './files.ts'
import type { LoadedKong } from './files.ts'

const ownPath = z.string().min(1).refine((text) => !isUrl(text), 'a URL is written { admin_url: … }')
const adminEntry = kongAdminSchema.extend({ interval })
const entry = z.union([ownPath, adminEntry])
const entries = z.union([entry, z.array(entry).min(1)]).optional()
  .describe('Kong\'s declarative configuration (a file, a folder or a glob), or its Admin API, or a list of them.')

type AdminEntry = z.output<typeof adminEntry>

/** What is kept of a Kong; no secrets. */
interface RemoteKong { catalog: KongCatalog, digest: string }

/** What Kong routes, and for whom. All files together are one configuration. */
export const kong = defineSource({
  options: entries,
  command: {
    value: '<path>',
    describe: 'Kong\'s declarative configuration (a file, a folder or a quoted glob), or the URL of its Admin API; can be repeated',
    token: 'Kong-Admin-Token',
    entry: (place, token) => isUrl(place) ? kongAdminSchema.parse({ admin_url: place, token }) : place,
  },
  origins: (given) => listOf(given).map((source) => typeof source === 'string' ? { path: source, mayRefer: false } : unitOf(source)),
  read: async (given, context) => declaredBy(await loadAll(listOf(given), context)),
  fetch: fetchAdmin,
})

function listOf (given: z.output<typeof entries>): Array<z.output<typeof entry>> {
  return given === undefined ? [] : [given].flat()
}

function unitOf (options: AdminEntry): RemoteUnit<AdminEntry> {
  const { admin_url: url, workspaces, tags, credentials } = options
  const key = `kong ${url} ${workspaces.join(' ')} ${tags.join(' ')} ${credentials}`
  return { source: 'kong', key, label: shownUrl(url), intervalMs: options.interval, options }
}

async function fetchAdmin (
  { options, label }: RemoteUnit<AdminEntry>, { previous, begin, signal }: FetchJob
): Promise<RemoteReading<RemoteKong>> {
  const kept = previous as RemoteKong | undefined
  const { document, problems, digest, changed } = await readKongAdmin(options, kept?.digest, { signal, begin })
  if (!changed && kept !== undefined) return { value: kept, digest, changed: false }
  begin()
  const catalog = readKong(document, { source: label })
  return { value: { catalog: { ...catalog, problems: [...problems, ...catalog.problems] }, digest }, digest, changed: true }
}

async function loadAll (sources: ReadonlyArray<z.output<typeof entry>>, context: LoadContext): Promise<LoadedKong[]> {
  const paths = sources.filter((source) => typeof source === 'string')
  const loaded = paths.length === 0 ? [] : [await loadKongFiles(paths, context)]
  for (const source of sources) if (typeof source !== 'string') loaded.push(await loadAdmin(source, context))
  return loaded
}

async function loadAdmin (source: AdminEntry, context: LoadContext): Promise<LoadedKong> {
  const unit = unitOf(source)
  const kept = await context.remotes.read<RemoteKong>(unit)
  const problem = context.remotes.states.get(unit.key)?.problem
  const { problems, ...rest } = kept?.catalog ?? { ...noKong, problems: [] }
  const placed = (finding: Problem): Problem | undefined =>
    rest.routes.some(({ name, id }) => [name, id].includes(finding.where)) ? { ...finding, source: unit.label } : undefined
  return { ...rest, problems: [...problem === undefined ? [] : [problem], ...problems], passedOver: 0, placed }
}

function declaredBy (loaded: readonly LoadedKong[]): Declared {
  return {
    problems: loaded.flatMap(({ problems }) => problems),
    gateway: {
      gateway: orderKongRoutes(loaded.flatMap(({ routes }) => routes)),
      services: loaded.flatMap(({ services }) => services.map(({ name }) => name)),
      consumers: loaded.flatMap(({ consumers }) => consumers).map(({ id, custom_id, username, credentials }) =>
        ({ names: [id, custom_id, username].filter((name) => name !== ''), credentials })),
      passedOver: loaded.reduce((sum, { passedOver }) => sum + passedOver, 0),
      placed: (problem) => loaded.map((one) => one.placed(problem)).find((found) => found !== undefined),
    },
  }
}
