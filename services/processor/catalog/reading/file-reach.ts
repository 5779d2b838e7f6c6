/** Which files a catalog may lead to: those below its folders, links followed. */
import { realpath } from 'node:fs/promises'
import { basename, dirname, resolve, sep } from 'node:path'

/** The folders, and how large a file may be. */
export interface ReachOptions {
  /** Folders of the sources. */
  roots: readonly string[]
  /** Folders that were allowed besides. */
  allowed: readonly string[]
  maxBytes: number
}

/**
 * Tells which files documents may lead to by references and symbolic links: regular files below the folders of the catalog. Who
 * writes a document is not who runs the program, and must not have it open whatever there is on the machine.
 */
export class FileReach {
  readonly maxBytes: number
  readonly #roots: Promise<string[]>
  readonly #allowed: Promise<string[]>

  constructor ({ roots, allowed, maxBytes }: ReachOptions) {
    this.maxBytes = maxBytes
    // The root of the file system is no folder of a catalog, though a process may run there.
    this.#allowed = realPaths(allowed)
    this.#roots = realPaths(roots.filter((root) => resolve(root) !== resolve('/')))
  }

  /** Why a path may not be followed, as a sentence without its end; '' for one that may. Whether the file is there it does not say. */
  async refusal (path: string, { isAbsolute = false }: { isAbsolute?: boolean } = {}): Promise<string> {
    const real = await realPlace(path)
    if ((await this.#allowed).some((folder) => isBelow(real, folder))) return ''
    if (isAbsolute) return `an absolute path is not followed${advice}`
    return (await this.#roots).some((root) => isBelow(real, root)) ? '' : `it leads out of the folders of the catalog${advice}`
  }
}

const advice = '; allow its folder with catalog.files.folders (--allow-folder)'

async function realPaths (folders: readonly string[]): Promise<string[]> {
  return await Promise.all(folders.map(async (folder) => await realpath(folder).catch(() => resolve(folder))))
}

/** What is not there is judged by its nearest folder that is. */
async function realPlace (path: string): Promise<string> {
  const folder = dirname(path)
  return await realpath(path).catch(async () => folder === path ? path : resolve(await realPlace(folder), basename(path)))
}

function isBelow (path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
