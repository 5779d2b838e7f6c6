/** What a configuration leads to on this machine. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { configuredPaths } from './config.ts'
import type { CatalogConfig } from './config.ts'
import type { LoadContext } from './context.ts'
import { FileReach } from './reading/file-reach.ts'
import { FileInputs } from './reading/file-states.ts'
import { findFiles } from './reading/files.ts'
import { PartCache } from './reading/parts.ts'
import type { SourceRegistry } from './source.ts'

/** All files that the configuration itself leads to; of a source that leads nowhere, none. */
export async function rootFiles (config: CatalogConfig, base: string): Promise<string[]> {
  const paths = configuredPaths(config).map(({ path }) => path)
  const found = await Promise.all(paths.map(async (path) => await findFiles(path, base, config.exclude).catch(() => [])))
  return found.flat().map(({ path }) => path)
}

/** What reading the files of a catalog needs, made anew for every run. A file is no larger than the memory that a compile has. */
export async function openReading (
  config: CatalogConfig, base: string, sources?: SourceRegistry
): Promise<Pick<LoadContext, 'files' | 'reach' | 'parts' | 'exclude'>> {
  const { files: { folders, max_bytes: maxBytes }, compile, exclude } = config
  const reach = new FileReach({
    roots: await rootFolders(config, base, sources),
    allowed: folders.map((folder) => resolve(base, folder)),
    maxBytes: Math.min(maxBytes, compile.memory),
  })
  return { files: new FileInputs(), reach, parts: new PartCache(), exclude }
}

/** The folders of sources that may refer to files, absolute: a folder itself, that of a file, the fixed part of a glob. */
async function rootFolders (config: CatalogConfig, base: string, sources: SourceRegistry | undefined): Promise<string[]> {
  const paths = configuredPaths(config, sources).filter(({ mayRefer }) => mayRefer)
  const folders = await Promise.all(paths.map(async ({ path }) => {
    const place = resolve(base, path)
    const entry = await stat(place).catch(() => undefined)
    if (entry?.isDirectory() === true) return place
    return entry === undefined ? resolve(base, fixedPart(path)) : dirname(place)
  }))
  return [...new Set([base, ...folders])]
}

function fixedPart (glob: string): string {
  const steps = glob.split('/')
  const first = steps.findIndex((step) => /[*?{}[\]!()]/.test(step))
  return steps.slice(0, first < 0 ? -1 : first).join('/') || (glob.startsWith('/') ? '/' : '.')
}
