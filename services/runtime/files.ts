import { mkdirSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { GatelensError, messageOf } from './errors.ts'

/**
 * Replaces a file whole: temporary file, fsync, rename, fsync of the folder. After a crash the old or the new content
 * is there, never a mixture. What was written of a file that could not be finished is removed: on a full disk others need
 * its room.
 */
export async function writeDurably (path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await writeSynced(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path))
}

async function writeSynced (path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Makes a rename or an unlink in `folder` durable. */
export async function syncFolder (folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Creates a folder (and its parents) that only this user can read. Throws FOLDER_UNUSABLE. */
export async function ensureFolder (folder: string): Promise<void> {
  ensureFolderSync(folder)
}

/** The synchronous form of {@link ensureFolder}, for start-up code. */
export function ensureFolderSync (folder: string): void {
  try {
    makeFolder(resolve(folder))
  } catch (error) {
    throw unusable(folder, error)
  }
}

/** Node's own recursive form never returns where the parent exists but takes no new folder, as in /proc. */
function makeFolder (folder: string): void {
  if (isFolder(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(folder)) throw error
  }
}

function isFolder (path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function unusable (folder: string, error: unknown): GatelensError {
  return new GatelensError('FOLDER_UNUSABLE', `cannot use the folder: ${messageOf(error)}`, { where: folder, cause: error })
}
