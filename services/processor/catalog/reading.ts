import { resolve } from 'node:path'
import type { LoadContext } from './context.ts'
import { FileReach } from './file-reach.ts'
import { rootFolders } from './files.ts'
import { FileInputs } from './inputs.ts'
import { PartCache } from './parts.ts'
import type { CatalogConfig } from './sources.ts'

/** What reading the files of a catalog needs, made anew for every run. A file is no larger than the memory that a compile has. */
export async function openReading (config: CatalogConfig, base: string): Promise<Pick<LoadContext, 'files' | 'reach' | 'parts' | 'exclude'>> {
  const { files: { folders, max_bytes: maxBytes }, compile, exclude } = config
  const reach = new FileReach({
    roots: await rootFolders(config, base),
    allowed: folders.map((folder) => resolve(base, folder)),
    maxBytes: Math.min(maxBytes, compile.memory),
  })
  return { files: new FileInputs(), reach, parts: new PartCache(), exclude }
}
