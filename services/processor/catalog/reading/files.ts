import { realpath, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { escapePath, glob } from 'tinyglobby'
import { GatelensError } from '../../../runtime/errors.ts'
import type { LoadContext } from '../context.ts'
import { digestOf } from './cache.ts'

/** A file that a source names, and whether it was named itself or found in a folder or by a glob. */
export interface FoundFile { path: string, named: boolean }

/**
 * The files of one source: a file itself, all JSON and YAML files below a folder, or what a glob matches; sorted.
 * Folders and globs leave out what `exclude` names, globs relative to `base`. Throws CATALOG_EMPTY, naming the source, when there is none.
 */
export async function findFiles (source: string, base: string, exclude: readonly string[] = []): Promise<FoundFile[]> {
  const path = resolve(base, source)
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isFile() === true) return [{ path, named: true }]
  const [pattern, cwd] = entry?.isDirectory() === true ? ['**/*.{json,yaml,yml}', path] : [source, base]
  const excluded = exclude.map((glob) => glob.startsWith('**/') || glob.startsWith('/') ? glob : `${escapePath(resolve(base))}/${glob.replace(/^\.\//, '')}`)
  const found = await glob(pattern, { cwd, absolute: true, ignore: ['**/node_modules/**', ...excluded], expandDirectories: false })
  if (found.length > 0) return (await eachOnce(found.sort())).map((file) => ({ path: file, named: false }))
  throw new GatelensError('CATALOG_EMPTY', `no file matches "${source}"`, { where: path })
}

/** Symbolic links, also those that run in circles, may lead to one file by several paths. */
async function eachOnce (paths: readonly string[]): Promise<string[]> {
  const names = new Set(paths.map((path) => basename(path)))
  if (names.size === paths.length) return [...paths]
  const chosen = new Map<string, string>()
  const real = await Promise.all(paths.map(async (path) => [path, await realpath(path).catch(() => path)] as const))
  for (const [path, target] of real) if (path === target || !chosen.has(target)) chosen.set(target, path)
  return [...chosen.values()].sort()
}

/**
 * The files of one source; while the catalog is in use, a source whose files are all gone (a volume that is not mounted)
 * gives those that it had, so that what was read of them stays.
 */
export async function findFilesOrCached (source: string, { base, cache, isStart, files, exclude }: LoadContext): Promise<FoundFile[]> {
  const key = `files ${resolve(base, source)}`
  try {
    const found = await findFiles(source, base, exclude)
    const digest = digestOf(JSON.stringify(found))
    if (await cache.digest(key) !== digest) await cache.put(key, { digest, value: found })
    return found
  } catch (error) {
    const kept = isStart ? undefined : await cache.get<FoundFile[]>(key)
    if (kept === undefined) throw error
    for (const { path } of kept.value) files.distrust(path)
    return kept.value
  }
}
