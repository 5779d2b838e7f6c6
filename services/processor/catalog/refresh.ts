/** One look at all sources: nothing has changed, or a new catalog. Runs in a worker. */
import { compileCatalog } from './compile.ts'
import type { CompiledCatalog } from './compile.ts'
import type { LoadContext } from './context.ts'
import { contentOf, FileInputs, signatureOf } from './inputs.ts'
import type { FileState } from './inputs.ts'
import { rootFiles } from './files.ts'
import { Remotes } from './remote.ts'
import type { RemoteState } from './remote.ts'
import { configuredUnits } from './remote-unit.ts'
import { openShelf } from './shelf.ts'
import { sourceNames } from './source-name.ts'
import type { CatalogConfig } from './sources.ts'

/** What a catalog was made from: to find out later whether it would come out otherwise. */
export interface CatalogInputs {
  files: Map<string, FileState>
  /** Files whose content is not what is in use of them: they are broken, or gone. */
  distrusted: Set<string>
  remotes: Map<string, RemoteState>
  oversized: Map<string, string>
}

/** What to look at, as plain data. */
export interface RefreshRequest {
  config: CatalogConfig
  base: string
  /** Folder that problems name files from. */
  cwd: string
  /** Folder of the last good readings. */
  shelf: string
  /** Keys of the remote sources to ask; undefined = all. */
  due: ReadonlySet<string> | undefined
  oversized: Map<string, string>
  /** Of the catalog in use; undefined when there is none. */
  inputs: CatalogInputs | undefined
}

/** The catalog is missing when the one in use would come out again. */
export interface RefreshResult { catalog: CompiledCatalog | undefined, inputs: CatalogInputs }

/** Looks at the sources. Throws as compiling does; at the start for a path that leads nowhere as well. */
export async function refreshCatalog (request: RefreshRequest, begin: (name: string) => void): Promise<RefreshResult> {
  const { config, base, cwd, oversized, inputs, due } = request
  const own = { shelf: openShelf(request.shelf), policy: config.fetch, oversized, begin }
  const patienceMs = inputs === undefined ? Math.min(startMs, config.fetch.timeout) : undefined
  const remotes = new Remotes({ ...own, isDue: (key) => due?.has(key) ?? true, before: inputs?.remotes, patienceMs })
  if (inputs !== undefined && await areUnchanged(request, inputs, remotes)) {
    return { catalog: undefined, inputs: { ...inputs, files: await restated(inputs.files), remotes: remotes.states } }
  }
  await remotes.readAll(configuredUnits(config))
  const files = new FileInputs()
  const context: LoadContext = { ...own, base, nameOf: sourceNames(cwd), remotes, files, isStart: inputs === undefined }
  const catalog = await compileCatalog(config, context)
  await own.shelf.sweep()
  return { catalog, inputs: { files: files.all(), distrusted: files.distrusted, remotes: remotes.inUse(), oversized } }
}

/** A start does not wait longer for a source of which something is kept. */
const startMs = 10_000

async function areUnchanged ({ config, base, oversized }: RefreshRequest, inputs: CatalogInputs, remotes: Remotes): Promise<boolean> {
  await remotes.readAll([...inputs.remotes.values()].map(({ unit }) => unit))
  for (const [key, { digest }] of inputs.remotes) if (remotes.states.get(key)?.digest !== digest) return false
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
