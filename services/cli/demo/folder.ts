import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GatelensError, messageOf } from '../../runtime/errors.ts'

/** The paths inside the demo's data folder; nothing is written outside of it. */
export interface DemoFolder {
  root: string
  kong: string
  config: string
  accessLog: string
  storeData: string
  privacyKey: string
  logOf (role: string): string
}

const marker = '.gatelens-demo'

/**
 * Prepares the data folder: empty, unless `keep`. Only a folder that an earlier demo made is ever emptied; throws
 * FOLDER_UNUSABLE for any other that has something in it, and when it cannot be written.
 */
export function prepareFolder (path: string, keep: boolean): DemoFolder {
  const root = resolve(path)
  try {
    assertOurs(root)
    if (!keep) rmSync(root, { recursive: true, force: true })
    mkdirSync(join(root, 'logs'), { recursive: true, mode: 0o700 })
    writeFileSync(join(root, marker), 'made by gatelens demo, which empties this folder when it starts\n')
  } catch (error) {
    if (error instanceof GatelensError) throw error
    throw new GatelensError('FOLDER_UNUSABLE', `cannot use the folder: ${messageOf(error)}`, { where: root, cause: error })
  }
  return {
    root,
    kong: join(root, 'kong.yml'),
    config: join(root, 'gatelens.yaml'),
    accessLog: join(root, 'access.ndjson'),
    storeData: join(root, 'store'),
    privacyKey: join(root, 'privacy.key'),
    logOf: (role) => join(root, 'logs', `${role}.log`),
  }
}

function assertOurs (root: string): void {
  const entry = statSync(root, { throwIfNoEntry: false })
  if (entry === undefined) return
  if (!entry.isDirectory()) throw new GatelensError('FOLDER_UNUSABLE', 'this is a file, not a folder', { where: root, hint: 'Choose another folder with --data.' })
  if (existsSync(join(root, marker)) || readdirSync(root).length === 0) return
  throw new GatelensError('FOLDER_UNUSABLE', 'the folder has files that no demo made', { where: root, hint: 'Choose another folder with --data; the demo empties its folder.' })
}
