import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import { ensureFolderSync } from '../../runtime/files.ts'
import { lockFolder } from '../../runtime/lock.ts'
import type { FolderLock } from '../../runtime/lock.ts'

/** The paths inside the demo's data folder; nothing is written outside of it. */
export interface DemoFolder {
  root: string
  kong: string
  config: string
  accessLog: string
  storeData: string
  privacyKey: string
  logOf (role: string): string
  /** Lets another demo use the folder. */
  release (): void
}

const marker = '.gatelens-demo'

/** All that a demo writes into its folder. */
const made = ['access.ndjson', 'gatelens.yaml', 'kong.yml', 'logs', 'privacy.key', 'state', 'store']

/**
 * Prepares the data folder: without what the last demo left there, unless `keep`. Nothing else is ever removed. Throws
 * FOLDER_UNUSABLE for a folder with files that no demo made, and when it cannot be written; FOLDER_LOCKED while another
 * demo uses it.
 */
export function prepareFolder (path: string, keep: boolean): DemoFolder {
  const root = resolve(path)
  try {
    assertOurs(root)
    ensureFolderSync(root)
    const lock = lockFolder(root, 'demo')
    if (!keep) for (const name of made) rmSync(join(root, name), { recursive: true, force: true })
    writeFileSync(join(root, marker), 'made by gatelens demo, which removes what it left here when it starts\n')
    ensureFolderSync(join(root, 'logs'))
    return pathsIn(root, lock)
  } catch (error) {
    if (error instanceof GatelensError) throw error
    throw new GatelensError('FOLDER_UNUSABLE', `cannot use the folder: ${messageOf(error)}`, { where: root, cause: error })
  }
}

function pathsIn (root: string, { release }: FolderLock): DemoFolder {
  return {
    root,
    kong: join(root, 'kong.yml'),
    config: join(root, 'gatelens.yaml'),
    accessLog: join(root, 'access.ndjson'),
    storeData: join(root, 'store'),
    privacyKey: join(root, 'privacy.key'),
    logOf: (role) => join(root, 'logs', `${role}.log`),
    release,
  }
}

function assertOurs (root: string): void {
  const entry = statSync(root, { throwIfNoEntry: false })
  if (entry === undefined) return
  if (!entry.isDirectory()) throw new GatelensError('FOLDER_UNUSABLE', 'this is a file, not a folder', { where: root, hint: 'Choose another folder with --data.' })
  if (existsSync(join(root, marker)) || readdirSync(root).length === 0) return
  throw new GatelensError('FOLDER_UNUSABLE', 'the folder has files that no demo made', { where: root, hint: 'Choose another folder with --data.' })
}
