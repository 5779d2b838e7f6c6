import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GatelensError } from '../runtime/errors.ts'
import { ensureFolderSync } from '../runtime/files.ts'

export interface Spool {
  /** A path that nobody uses. */
  path (): string
  /** Deletes what is at a path, if there is something. */
  discard (path: string): Promise<void>
}

/**
 * The folder where data waits between socket and engine, so that neither has to hold it in memory. What a killed
 * process left there is deleted first.
 */
export function openSpool (folder: string): Spool {
  const root = join(folder, 'spool')
  if (/[*?{}'\\\n]/.test(root)) {
    throw new GatelensError('FOLDER_UNUSABLE', 'the path has a character that the engine reads as a pattern', {
      where: folder,
      hint: 'Choose a folder without * ? { } \' \\ in its path.',
    })
  }
  rmSync(root, { recursive: true, force: true })
  ensureFolderSync(root)
  return {
    path: () => join(root, randomUUID()),
    discard: async (path) => { await rm(path, { force: true }) },
  }
}
