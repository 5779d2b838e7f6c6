import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { globSync } from 'tinyglobby'
import { parse } from 'yaml'
import { packageRoot } from '../../services/runtime/package.ts'

interface Schema { required?: string[], properties: Record<string, unknown> }

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const schema = JSON.parse(read('docs/reference/gatelens.schema.json')) as Schema
const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { uri: (text: string) => URL.canParse(text) } })
const whole = ajv.compile(schema)
const part = ajv.compile({ ...schema, required: [], oneOf: [{}] })
const input = { type: 'file', paths: ['access.ndjson'] }

for (const file of ['examples/gatelens.yaml', 'examples/compose/processor.yml']) {
  test(`${file} fits the JSON Schema as it is written`, () => {
    whole(parse(read(file)))
    assert.deepEqual(whole.errors ?? [], [])
  })
}

test('every piece of gatelens.yaml in the documentation fits the JSON Schema', () => {
  const pages = globSync(['*.md', 'docs/*.md', 'examples/*.md'], { cwd: packageRoot })
  const blocks = pages.flatMap((file) => [...read(file).matchAll(/^```ya?ml\n(.*?)^```/gms)].map((found) => ({ file, text: found[1] ?? '' })))
  const pieces = blocks.filter(({ text }) => isPiece(parse(text, { logLevel: 'silent' })))
  assert.ok(pieces.length >= 2, `${pieces.length} of ${blocks.length}`)
  for (const { file, text } of pieces) {
    part(parse(text))
    assert.deepEqual(part.errors ?? [], [], `${file}:\n${text}`)
  }
})

/** Not a partners file or a file of another program: every key of the top level is one of the configuration. */
function isPiece (value: unknown): boolean {
  const keys = Object.keys(typeof value === 'object' && value !== null ? value : {})
  return keys.length > 0 && keys.every((key) => Object.hasOwn(schema.properties, key))
}

const fitting = {
  'input alone': { input },
  'durations and sizes as text, sizes as numbers': { input: { ...input, batch: { linger: '500ms', bytes: '4MiB' } }, store: { spool: { max_bytes: 1_000_000 } } },
  'placeholders where a text is': { input: { ...input, name: '${NAME}', paths: ['${LOG:-/var/log/access.ndjson}'] }, privacy: { key: '${KEY}' } },
  'placeholders where only some words are right': { input: { ...input, start_at: '${WHERE:-beginning}' } },
}
for (const [name, value] of Object.entries(fitting)) {
  test(`the JSON Schema takes ${name}`, () => {
    whole(value)
    assert.deepEqual(whole.errors ?? [], [])
  })
}

const wrong = {
  'no input': {},
  'an unknown key': { input, metric: { listen: '127.0.0.1:9464' } },
  'an unknown key further down': { input, store: { ulr: 'http://127.0.0.1:8123' } },
  'an input and a list of inputs': { input, inputs: [input] },
  'an input of an unknown type': { input: { ...input, type: 'flie' } },
  'a word that is none of those': { input: { ...input, start_at: 'middle' } },
  'a duration without a unit': { input: { ...input, batch: { linger: 500 } } },
  'a list that is empty': { input: { ...input, paths: [] } },
}
for (const [name, value] of Object.entries(wrong)) {
  test(`the JSON Schema refuses ${name}`, () => assert.equal(whole(value), false))
}
