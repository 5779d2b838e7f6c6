/** The packed package, as a user gets it: installed from its file into an empty project. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { packageRoot } from '../services/runtime/package.ts'
import { temporaryFolder } from './folder.ts'

const project = temporaryFolder()
let tarball = ''

/** Largest size of the package, bytes: packed, and with all that it installs when the embedded store is left out. */
const limits = { packed: 2_000_000, installed: 80_000_000 }

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: project, encoding: 'utf8' })

before(() => {
  // Packing builds, but writes nothing over what other tests use: it was built before (see test:integration).
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', project], { cwd: packageRoot, encoding: 'utf8' })) as [{ filename: string }]
  tarball = join(project, packed.filename)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  // A registry has bad moments: npm tries again by itself.
  run('npm', 'install', '--no-audit', '--no-fund', '--omit=optional', '--fetch-retries=5', tarball)
})

test('the package is small, and brings neither the engine nor what only tests use', () => {
  assert.ok(statSync(tarball).size < limits.packed, `packed: ${statSync(tarball).size} bytes`)
  const [size] = run('du', '-sb', 'node_modules').split('\t')
  assert.ok(Number(size) < limits.installed, `installed: ${size} bytes`)
  const installed = Object.keys((JSON.parse(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8')) as { packages: object }).packages)
  assert.deepEqual(installed.filter((name) => /chdb|typescript|eslint|\/tsx$|swagger-parser/.test(name)), [])
})

test('its binary runs and reads a log', () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
  assert.match(run('npx', '--no-install', 'gatelens', '--version'), new RegExp(version.replaceAll('.', '\\.')))
  cpSync(join(packageRoot, 'examples'), join(project, 'examples'), { recursive: true })
  const report = run('npx', '--no-install', 'gatelens', 'report', 'examples/kong-log/access.ndjson', '--openapi', 'examples/openapi', '--json')
  assert.equal((JSON.parse(report) as { totals: { records: number } }).totals.records, 10)
})

test('the normalizer is imported by its name', () => {
  writeFileSync(join(project, 'use.js'), "import { compile } from 'gatelens/normalizer'\nconsole.log(typeof compile)\n")
  assert.equal(run(process.execPath, 'use.js').trim(), 'function')
})

for (const [module, resolution] of [['node16', 'node16'], ['esnext', 'bundler']] as const) {
  test(`its types are found under the module resolution ${resolution}`, () => {
    const folder = join(project, resolution)
    mkdirSync(folder)
    writeFileSync(join(folder, 'use.ts'), [
      "import * as normalizer from 'gatelens/normalizer'",
      'export const names: Array<keyof typeof normalizer> = Object.keys(normalizer) as Array<keyof typeof normalizer>',
      '// @ts-expect-error: there is no such export',
      'export const none = normalizer.noSuchExport',
    ].join('\n'))
    const { status, stdout } = spawnSync(process.execPath, [
      join(packageRoot, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--module', module, '--moduleResolution', resolution,
      '--target', 'es2023', join(folder, 'use.ts'),
    ], { cwd: project, encoding: 'utf8' })
    assert.equal(status, 0, stdout)
  })
}
