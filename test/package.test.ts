/** What is installed and packed. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageRoot } from '../services/runtime/package.ts'

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

test('dependencies are pinned, and packing builds first', () => {
  const { dependencies, devDependencies, scripts } = read('package.json') as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/, name)
  assert.match(scripts?.prepack ?? '', /build/)
})
