import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds `package.json`, from sources and from `dist/` alike. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

interface Manifest { version: string, peerDependencies: { chdb: string } }
const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as Manifest

/** The package's own version (semver). */
export const version = manifest.version

/** The version of the engine's package that the embedded store is made for. */
export const engineVersion = manifest.peerDependencies.chdb

function findRoot (folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('gatelens: package.json not found above its own code')
  return findRoot(parent)
}
