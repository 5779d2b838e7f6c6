import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { glob } from 'tinyglobby'
import { GatelensError } from '../../runtime/errors.ts'

/** A file that a source names, and whether it was named itself or found in a folder or by a glob. */
export interface FoundFile { path: string, named: boolean }

/**
 * The files of one source: a file itself, all JSON and YAML files below a folder, or what a glob matches; sorted.
 * Throws CATALOG_EMPTY, naming the source, when there is none.
 */
export async function findFiles (source: string, base: string): Promise<FoundFile[]> {
  const path = resolve(base, source)
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isFile() === true) return [{ path, named: true }]
  const [pattern, cwd] = entry?.isDirectory() === true ? ['**/*.{json,yaml,yml}', path] : [source, base]
  const found = await glob(pattern, { cwd, absolute: true, ignore: ['**/node_modules/**'], expandDirectories: false })
  if (found.length > 0) return found.sort().map((file) => ({ path: file, named: false }))
  throw new GatelensError('CATALOG_EMPTY', `no file matches "${source}"`, { where: path })
}
