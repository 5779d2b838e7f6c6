import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { loadConfig, parseConfig, relativeTo } from '../../services/runtime/config.ts'
import { GatelensError } from '../../services/runtime/errors.ts'
import { byteSize, duration } from '../../services/runtime/units.ts'
import { temporaryFolder } from '../folder.ts'

const folder = temporaryFolder()

const schema = z.strictObject({
  clickhouse: z.strictObject({ url: z.url(), password: z.string().optional() }).optional(),
  inputs: z.array(z.strictObject({ type: z.literal('file'), paths: z.array(z.string()), linger: duration.default(1000) })).default([]),
  spool: byteSize.optional(),
  rules: z.union([z.string(), z.array(z.strictObject({ name: z.string(), above: z.number() }))]).optional(),
  labels: z.record(z.string(), z.strictObject({ budget: z.number() })).optional(),
})

const failure = (text: string): GatelensError => {
  try {
    parseConfig({ path: 'g.yaml', text }, schema)
  } catch (error) {
    assert.ok(error instanceof GatelensError)
    return error
  }
  assert.fail('it was accepted')
}

test('defaults, durations and sizes are parsed', () => {
  const config = parseConfig({ path: 'g.yaml', text: 'inputs: [{ type: file, paths: [a], linger: 1.5s }]\nspool: 64MiB' }, schema)
  assert.deepEqual(config.inputs, [{ type: 'file', paths: ['a'], linger: 1500 }])
  assert.equal(config.spool, 64 * 1024 * 1024)
})

test('an unknown key names its line, its path and the nearest known key', () => {
  const error = failure('clickhouse:\n  url: http://localhost:8123\n  pasword: x')
  assert.equal(error.code, 'CONFIG_INVALID')
  assert.equal(error.where, 'g.yaml:3')
  assert.match(error.message, /clickhouse\.pasword: unknown key; did you mean "password"\?/)
})

test('an unknown key without a near one lists the known keys', () => {
  assert.match(failure('zzzzzzzzzzz: 1').message, /zzzzzzzzzzz: unknown key; known keys: clickhouse, inputs, spool, rules, labels/)
})

test('an unknown key inside an array of a union and inside a record is found', () => {
  const inUnion = failure('rules:\n  - name: a\n    above: 1\n    abov: 2')
  assert.match(inUnion.message, /rules\[0\]\.abov: unknown key; did you mean "above"\?/)
  assert.equal(inUnion.where, 'g.yaml:4')
  assert.match(failure('labels: { route: { budgt: 1 } }').message, /labels\.route\.budgt: unknown key; did you mean "budget"\?/)
})

test('every finding is told with its place', () => {
  const error = failure('inputs:\n  - type: file\n    paths: 3\n    linger: soon\nspool: many')
  assert.equal(error.where, 'g.yaml:3')
  assert.match(error.message, /inputs\[0\]\.paths/)
  assert.match(error.message, /inputs\[0\]\.linger: "soon" is not a duration/)
  assert.match(error.message, /\n {2}g\.yaml:4: inputs\[0\]\.linger/)
  assert.match(error.message, /\n {2}g\.yaml:5: spool/)
  assert.deepEqual(error.parts.map(({ where }) => where), ['g.yaml:3', 'g.yaml:4', 'g.yaml:5'])
})

test('broken YAML names the line', () => {
  const error = failure('a: 1\nb: [1, 2\nc: 3')
  assert.equal(error.code, 'CONFIG_SYNTAX')
  assert.match(error.where, /^g\.yaml:[23]$/)
})

test('aliases that multiply without end are refused', () => {
  const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join()}]`)
  const error = failure(['l0: &l0 [a]', ...levels].join('\n'))
  assert.equal(error.code, 'CONFIG_SYNTAX')
  assert.match(error.message, /alias/)
})

test('variables come from the environment, from a default and from a file', () => {
  writeFileSync(join(folder, 'secret'), 'from-file\n')
  const path = join(folder, 'g.yaml')
  writeFileSync(path, 'clickhouse: { url: "${GATELENS_TEST_NONE:-http://localhost:8123}", password: "${file:secret}" }\ninputs: [{ type: file, paths: ["${GATELENS_TEST_FOLDER}/x"] }]')
  process.env.GATELENS_TEST_FOLDER = '/somewhere'
  const config = loadConfig(path, schema)
  assert.deepEqual(config.clickhouse, { url: 'http://localhost:8123', password: 'from-file' })
  assert.deepEqual(config.inputs[0]?.paths, ['/somewhere/x'])
})

test('a variable that is not set, or a file that is not there, is an error with its name', () => {
  assert.match(failure('rules: ${GATELENS_TEST_NONE}').message, /GATELENS_TEST_NONE is not set/)
  const error = failure('rules: ${file:/nowhere/x}')
  assert.equal(error.code, 'CONFIG_VARIABLE')
  assert.match(error.message, /ENOENT/)
})

test('a missing file is CONFIG_NOT_FOUND', () => {
  assert.throws(() => loadConfig(join(folder, 'none.yaml'), schema), (error: unknown) =>
    error instanceof GatelensError && error.code === 'CONFIG_NOT_FOUND' && error.where.endsWith('none.yaml'))
})

test('paths in a file are relative to it', () => {
  assert.equal(relativeTo('/etc/gatelens/g.yaml', 'apis/a.yaml'), '/etc/gatelens/apis/a.yaml')
  assert.equal(relativeTo('/etc/gatelens/g.yaml', '/srv/a.yaml'), '/srv/a.yaml')
})
