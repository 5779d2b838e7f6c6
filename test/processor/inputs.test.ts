import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseConfig } from '../../services/runtime/config.ts'
import { createLog } from '../../services/runtime/log.ts'
import { processorSchema } from '../../services/processor/config.ts'
import type { ProcessorConfig } from '../../services/processor/config.ts'
import { startProcessor } from '../../services/processor/processor.ts'
import { migrate } from '../../services/store/migrate.ts'
import { makeFolder } from './input/fixture.ts'
import { kongRecord } from './kong-fixture.ts'
import { nginxLine } from './nginx-fixture.ts'
import { startStoreProcess } from './store-fixture.ts'

function parse (text: string): ProcessorConfig {
  return parseConfig({ path: 'gatelens.yaml', text }, processorSchema)
}

const file = (more: string): string => `{ type: file, paths: [a.log]${more} }`

test('one input may stand alone, and is a list of one', () => {
  assert.deepEqual(parse(`input: ${file('')}`).inputs, parse(`inputs: [${file('')}]`).inputs)
})

test('what is wrong with a list of inputs is told with its path', () => {
  for (const [text, message] of [
    ['inputs: []', /^inputs: /],
    ['metrics: {}', /^inputs: says where records come from, and is missing/],
    [`input: ${file('')}\ninputs: [${file('')}]`, /^input: is short for inputs with one entry/],
    [`inputs: [${file('')}, ${file('')}]`, /^inputs\[1\]\.name: another input is called "file" already/],
    [`inputs: [${file(', name: stdin')}, { type: stdin }]`, /^inputs\[1\]\.name: another input is called "stdin" already/],
    ['inputs: [{ type: stdin }, { type: stdin, name: other }]', /^inputs\[1\]\.type: there is one standard input only/],
    ['inputs: [{ type: flie }]', /^inputs\[0\]\.type: type says where records come from: file, /],
    [`inputs: [${file(', format: ngin')}]`, /^inputs\[0\]\.format: unknown log format "ngin"/],
  ] as const) assert.throws(() => parse(text), { message }, text)
})

test('two inputs of different formats end in one store, each under its own name', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const numbers = Array.from({ length: 200 }, (_, number) => number)
  writeFileSync(join(folder, 'kong.log'), numbers.map((number) => `${kongRecord(number)}\n`).join(''))
  writeFileSync(join(folder, 'edge.log'), numbers.map((number) => `${nginxLine(number, Date.UTC(2026, 7, 20))}\n`).join('') + 'nonsense\n')
  const config = parse(`
inputs:
  - { type: file, name: kong, paths: [kong.log], follow: false, batch: { records: 70 } }
  - { type: file, name: edge, paths: [edge.log], follow: false, batch: { records: 110 }, format: nginx }
store: { url: '${store.url}' }
metrics: { listen: '127.0.0.1:0' }
`)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  t.after(() => processor.close())
  await processor.done
  const ready = await (await fetch(`${processor.url}/readyz`)).json() as { inputs: Record<string, { lag_bytes: number }> }
  assert.deepEqual(Object.entries(ready.inputs).map(([name, { lag_bytes: lag }]) => [name, lag]), [['kong', 0], ['edge', 0]])
  assert.deepEqual(await store.query("SELECT splitByChar(':', source)[1] AS input, gateway, count() AS rows, uniqExact(event_id) AS ids FROM gatelens.requests GROUP BY ALL ORDER BY input"),
    [{ input: 'edge', gateway: 'nginx', rows: 200, ids: 200 }, { input: 'kong', gateway: 'kong', rows: 200, ids: 200 }])
  assert.deepEqual(await store.query("SELECT splitByChar(':', source)[1] AS input, count() AS rows FROM gatelens.rejected GROUP BY ALL"), [{ input: 'edge', rows: 1 }])
})

test('an input that fails ends the others, and the processor with its error', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'a.log'), '')
  const config = parse(`
inputs: [${file('')}, { type: file, name: none, paths: [none.log], follow: false }]
store: { url: 'http://127.0.0.1:1' }
metrics: { listen: '127.0.0.1:0' }
`)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  await assert.rejects(processor.done, { code: 'INPUT_UNREADABLE' })
  await processor.close()
  assert.ok(existsSync(join(folder, 'state')))
})
