import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processorSchema } from '../../../services/processor/config.ts'
import { GatelensError } from '../../../services/runtime/errors.ts'
import { parseConfig } from '../../../services/runtime/config.ts'

const parse = (input: string): unknown => parseConfig({ path: 'gatelens.yaml', text: `input: ${input}\n` }, processorSchema).inputs[0]

test('three keys are enough for Kafka, the rest has defaults', () => {
  assert.deepEqual(parse('{ type: kafka, brokers: [\'kafka:9092\'], topics: [access-log], group: gatelens }'), {
    type: 'kafka',
    brokers: ['kafka:9092'],
    topics: ['access-log'],
    group: 'gatelens',
    client_id: 'gatelens',
    format: { type: 'kong' },
    framing: { type: 'auto' },
    from: 'earliest',
    ssl: false,
    batch: { records: 20_000, bytes: 8 * 1024 ** 2, linger: 1000 },
    session_timeout: 30_000,
  })
})

const bad = [
  ['{ type: kafka, broker: [\'k:1\'], topics: [t], group: g }', /input\.broker: unknown key; did you mean "brokers"\?/],
  ['{ type: kafka, brokers: [kafka], topics: [t], group: g }', /input\.brokers\[0\]: write host:port/],
  ['{ type: kafka, brokers: [\'k:1\'], topics: [\'a b\'], group: g }', /input\.topics\[0\]: not a topic name/],
  ['{ type: kafka, brokers: [\'k:1\'], topics: [t], group: g, session_timeout: 2s }', /input\.batch\.linger: must be at most a third of session_timeout/],
  ['{ type: kafka, brokers: [\'k:1\'], topics: [t], group: g, sasl: { mechanism: plain, username: u } }', /input\.sasl\.password/],
  ['{ type: kafka, brokers: [\'k:1\'], topics: [t], group: g, format: konk }', /input\.format: unknown log format "konk"/],
] as const

for (const [input, message] of bad) {
  test(`refused with its path: ${input}`, () => {
    assert.throws(() => parse(input), (error: unknown) => error instanceof GatelensError && error.code === 'CONFIG_INVALID' && message.test(error.message))
  })
}
