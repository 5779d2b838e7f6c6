import { opendir, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { isGone } from './complaints.ts'

/** A file that a pattern or a look into a folder led to. */
export interface Found { path: string, dev: string, ino: string, size: number, modified: number }

/** Told of a path that the system refuses to look at, and why. */
export type Refuse = (path: string, error: unknown) => void

/** The files that the patterns lead to, oldest first; each file once, whatever its names. */
export async function findFiles (patterns: string[], refuse: Refuse = () => {}): Promise<Found[]> {
  // A plain path is asked for directly: no folder is listed, and no character in it is taken for a pattern.
  const globs = patterns.filter((pattern) => isDynamicPattern(pattern))
  const paths = globs.length === 0 ? [] : await glob(globs, { absolute: true, onlyFiles: true, dot: true, expandDirectories: false })
  for (const folder of new Set(globs.map(folderOf))) await tryFolder(folder, refuse)
  return statAll([...patterns, ...paths], refuse)
}

/** The deepest folder that a glob names without a pattern. */
function folderOf (pattern: string): string {
  let folder = dirname(pattern)
  while (isDynamicPattern(folder)) folder = dirname(folder)
  return folder
}

/** A folder that cannot be listed looks empty to a glob. */
async function tryFolder (path: string, refuse: Refuse): Promise<void> {
  try {
    const folder = await opendir(path)
    await folder.read().finally(() => folder.close())
  } catch (error) {
    if (!isGone(error)) refuse(path, error)
  }
}

/** The files beside `path`: where a rotation may have put its content. */
export async function findSiblings (path: string): Promise<Found[]> {
  return statAll(await pathsIn(dirname(path)))
}

/** The files in the folders around that of `path`, one level down and beside it: where a rotation into another folder leads. */
export async function findAround (path: string): Promise<Found[]> {
  const folder = dirname(path)
  const parent = dirname(folder)
  const folders = [...await pathsIn(folder), ...dirname(parent) === parent ? [] : await pathsIn(parent)]
  return statAll((await Promise.all(folders.slice(0, mostFolders).map(pathsIn))).flat())
}

/** Most folders that are looked into. */
const mostFolders = 1000

async function pathsIn (folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => join(folder, name))
}

/**
 * True when one path may be what a rotation made of the other: `access.log` becomes `access.log.1`, `access.log.2.gz`,
 * `access.log-20260820`, `access-20260820.log`, `access.log.old`, … (logrotate: rotate, compress, dateext, extension, olddir).
 */
export function isRotatedName (path: string, other: string): boolean {
  return path !== other && stemOf(path) === stemOf(other)
}

function stemOf (path: string): string {
  return basename(path)
    .replace(/(\.(gz|tmp)|[._-](bak|backup|old|orig|prev|copy)|~)+$/, '')
    .replace(/[._-]\d[\dTZ+._:-]*$/, '')
    .replace(/(\.\d+|[._-]\d{4}[\dTZ+._:-]*|[._-](bak|backup|old|orig|prev|copy))(\.[A-Za-z]+)$/, '$3')
}

async function statAll (paths: string[], refuse: Refuse = () => {}): Promise<Found[]> {
  const found = new Map<string, Found>()
  for (const path of paths.sort()) {
    const item = await statOne(path, refuse)
    if (item !== undefined && !found.has(`${item.dev}:${item.ino}`)) found.set(`${item.dev}:${item.ino}`, item)
  }
  return [...found.values()].sort((a, b) => a.modified - b.modified || (a.path < b.path ? -1 : 1))
}

/** The regular file that a path leads to; undefined when there is none, or when the system would not say, which `refuse` is told. */
export async function statOne (path: string, refuse: Refuse): Promise<Found | undefined> {
  try {
    const item = await stat(path, { bigint: true })
    if (!item.isFile()) return undefined
    return { path, dev: String(item.dev), ino: String(item.ino), size: Number(item.size), modified: Number(item.mtimeNs / 1000n) / 1000 }
  } catch (error) {
    if (!isGone(error)) refuse(path, error)
    return undefined
  }
}

/** True when the system says that nothing is at this path. */
export async function isMissing (path: string): Promise<boolean> {
  return stat(path).then(() => false, isGone)
}

/** Tells one file from another, whatever its names. */
export function keyOf (file: { dev: string, ino: string }): string {
  return `${file.dev}:${file.ino}`
}

/** Changes when the file does, or its name. */
export function signatureOf (file: Found): string {
  return `${file.path}:${file.size}:${file.modified}`
}
