import { readFile, realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { glob } from 'tinyglobby'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import type { ErrorCode } from '../runtime/errors.ts'
import type { KongFile } from './read.ts'

/** A file that a source names, and whether it was named itself or found in a folder or by a glob. */
export interface FoundFile { path: string, named: boolean }

/**
 * The files of sources, each once and in their order: a file itself, all JSON and YAML files below a folder, or what a glob
 * matches, sorted. Throws an error of the given code, naming the source, when there is none.
 */
export async function findKongFiles (sources: readonly string[], base: string, code: ErrorCode): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>()
  for (const source of sources) {
    for (const file of await filesOf(source, base, code)) {
      const real = await realpath(file.path)
      if (!found.has(real) || file.named) found.set(real, file)
    }
  }
  return [...found.values()]
}

async function filesOf (source: string, base: string, code: ErrorCode): Promise<FoundFile[]> {
  const path = resolve(base, source)
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isFile() === true) return [{ path, named: true }]
  const [pattern, cwd] = entry?.isDirectory() === true ? ['**/*.{json,yaml,yml}', path] : [source, base]
  const found = await glob(pattern, { cwd, absolute: true, ignore: ['**/node_modules/**'], expandDirectories: false })
  if (found.length === 0) throw new GatelensError(code, `no file matches "${source}"`, { where: path })
  return found.sort().map((file) => ({ path: file, named: false }))
}

/** Reads found files whole. Throws CONFIG_NOT_FOUND for one that cannot be read. */
export async function readFoundFiles (files: readonly FoundFile[]): Promise<KongFile[]> {
  return await Promise.all(files.map(async ({ path, named }) => {
    try {
      return { path, named, text: textOf(await readFile(path)) }
    } catch (error) {
      throw new GatelensError('CONFIG_NOT_FOUND', `cannot read the file: ${messageOf(error)}`, { where: path, cause: error })
    }
  }))
}

/** UTF-16 where a byte order mark says so, else UTF-8. */
function textOf (bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex')
  return new TextDecoder(mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8').decode(bytes)
}
