/** One compile: the catalog in use would come out again, or there is a new one. Runs in a worker, and asks no server. */
import { compileCatalog } from '../compile.ts'
import type { CompiledCatalog } from '../compile.ts'
import type { LoadContext } from '../context.ts'
import { contentOf, signatureOf } from '../reading/file-states.ts'
import type { FileState } from '../reading/file-states.ts'
import { CachedRemotes } from '../fetching/cached-remotes.ts'
import { openReading, rootFiles } from '../roots.ts'
import type { RemoteState } from '../fetching/remote-unit.ts'
import { openCache } from '../reading/cache.ts'
import type { Cached } from '../reading/cache.ts'
import { sourceNames } from '../reading/source-name.ts'
import type { CatalogConfig } from '../config.ts'

/** What a catalog was made from: to find out later whether it would come out otherwise. */
export interface CatalogInputs {
  files: Map<string, FileState>
  /** Files whose content is not what is in use of them: they are broken, or gone. */
  distrusted: Set<string>
  remotes: Map<string, RemoteState>
  oversized: Map<string, string>
}

/** What to compile, as plain data. */
export interface RefreshRequest {
  config: CatalogConfig
  base: string
  /** Folder that problems name files from. */
  cwd: string
  /** Folder of the last good readings. */
  cache: string
  /** Good readings that could not be kept there. */
  unsaved: ReadonlyMap<string, Cached<unknown>>
  /** How the remote sources stood that have been asked. */
  asked: ReadonlyMap<string, RemoteState>
  oversized: Map<string, string>
  /** Of the catalog in use; undefined when there is none. */
  inputs: CatalogInputs | undefined
}

/** The catalog is missing when the one in use would come out again, and when some of its readings are lost. */
export interface RefreshResult {
  catalog: CompiledCatalog | undefined
  inputs: CatalogInputs
  /** Sources of which something is in use that is kept nowhere: without it the catalog would be partial. */
  lost: RemoteState[]
}

/** Compiles when it must. Throws as compiling does; at the start for a path that leads nowhere as well. */
export async function refreshCatalog (request: RefreshRequest, begin: (name: string) => void): Promise<RefreshResult> {
  const { config, base, cwd, oversized, inputs, unsaved, asked } = request
  const own = { cache: openCache(request.cache), oversized, begin }
  const remotes = new CachedRemotes({ ...own, unsaved, asked })
  if (inputs !== undefined && await areUnchanged(request, inputs, remotes)) {
    return { catalog: undefined, inputs: { ...inputs, files: await restated(inputs.files) }, lost: [] }
  }
  const reading = await openReading(config, base)
  const common = { base, nameOf: sourceNames(cwd), policy: config.fetch, isStart: inputs === undefined }
  const { files } = reading
  const context: LoadContext = { ...own, ...common, ...reading, remotes }
  const { compiled: catalog } = await compileCatalog(config, context)
  const lost = [...remotes.states.values()].filter(({ unit, digest }) => digest === '' && isUsed(inputs, unit.key))
  if (inputs !== undefined && lost.length > 0) return { catalog: undefined, inputs, lost }
  await own.cache.sweep()
  return { catalog, inputs: { files: files.all(), distrusted: files.distrusted, remotes: remotes.states, oversized }, lost: [] }
}

function isUsed (inputs: CatalogInputs | undefined, key: string): boolean {
  return (inputs?.remotes.get(key)?.digest ?? '') !== ''
}

async function areUnchanged ({ config, base, oversized }: RefreshRequest, inputs: CatalogInputs, remotes: CachedRemotes): Promise<boolean> {
  for (const [key, { digest }] of inputs.remotes) if (await remotes.digest(key) !== digest) return false
  if ([...oversized.keys()].some((name) => !inputs.oversized.has(name))) return false
  for (const path of await rootFiles(config, base)) if (!inputs.files.has(path)) return false
  for (const [path, { digest }] of inputs.files) if (await contentOf(path) !== digest) return false
  return true
}

/** Time stamps that moved without a change of content are taken over, so that nobody looks again for them. */
async function restated (files: ReadonlyMap<string, FileState>): Promise<Map<string, FileState>> {
  const stated = new Map<string, FileState>()
  for (const [path, { digest }] of files) stated.set(path, { signature: await signatureOf(path, true), digest })
  return stated
}
