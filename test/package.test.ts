/** What is installed and packed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import type { SpawnSyncReturns } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageRoot } from '../services/runtime/package.ts'
import { temporaryFolder } from './folder.ts'

interface Locked { version: string, integrity?: string, resolved?: string, optional?: true, os?: string[] }

const read = (name: string): unknown => JSON.parse(readFileSync(join(packageRoot, name), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }
const installed = Object.entries(packages).filter(([path]) => path !== '')

test('every package of the lock file is known by its content, but for builds of the engine that other systems load', () => {
  const unknown = installed.filter(([, { integrity }]) => integrity === undefined)
  assert.deepEqual(unknown.filter(([path, { optional }]) => optional !== true || !/\/lib-(?:darwin|linux-arm64)/.test(path)).map(([path]) => path), [])
})

test('the lock file names no host', () => {
  assert.deepEqual(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path), [])
})

test('the engine is a package of its own: who only normalizes does not install it', () => {
  const { dependencies, devDependencies, peerDependencies, peerDependenciesMeta } = read('package.json') as Record<string, Record<string, unknown>>
  assert.equal(dependencies?.chdb, undefined)
  assert.equal(peerDependencies?.chdb, devDependencies?.chdb)
  assert.deepEqual(peerDependenciesMeta?.chdb, { optional: true })
})

test('without the engine the store says what to install, and commands that need none work', () => {
  const elsewhere = join(temporaryFolder(), 'gatelens')
  for (const name of ['package.json', 'dist', 'services']) cpSync(join(packageRoot, name), join(elsewhere, name), { recursive: true })
  mkdirSync(join(elsewhere, 'node_modules'))
  for (const name of readdirSync(join(packageRoot, 'node_modules')).filter((item) => !/chdb|^\./.test(item))) {
    symlinkSync(join(packageRoot, 'node_modules', name), join(elsewhere, 'node_modules', name))
  }
  const gatelens = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [join(elsewhere, 'dist/services/cli/main.js'), ...args], { encoding: 'utf8' })
  const store = gatelens('store', '--data', join(elsewhere, 'data'), '--listen', '127.0.0.1:0')
  assert.match(store.stderr, /error\[ENGINE_MISSING\].*chdb \d/)
  assert.match(store.stderr, /npm install chdb@\d/)
  assert.equal(store.status, 2)
  const log = join(packageRoot, 'examples/kong-log/access.ndjson')
  assert.equal(gatelens('report', log, '--openapi', join(packageRoot, 'examples/openapi')).status, 0)
})

test('dependencies are pinned, and packing builds first', () => {
  const { dependencies, devDependencies, scripts } = read('package.json') as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/, name)
  assert.match(scripts?.prepack ?? '', /build/)
})
