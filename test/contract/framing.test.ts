/** The contract of framings over the whole registry; and a framing that is added. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { defineFraming } from '../../services/processor/framing/definition.ts'
import { framings } from '../../services/processor/framing/index.ts'
import { createFramings, createUnframe, framingNames, framingSchema } from '../../services/processor/framing.ts'
import type { FramingConfig } from '../../services/processor/framing.ts'
import { createDecoder } from '../../services/processor/format.ts'
import { cutAll } from '../../services/processor/input/cut-records.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { readCases } from '../case.ts'
import { testFraming } from './framing.ts'

/** The framings of the cases, each with the lines that it opens. */
function samplesOf (name: string): Map<string, string[]> {
  const samples = new Map<string, string[]>()
  for (const { config, input } of readCases('framing')) {
    const framing = framingSchema.parse((parse(config) as { framing?: unknown }).framing ?? 'auto')
    const unframe = createUnframe(framing)
    if (framing.type !== name || unframe === undefined) continue
    const opened = input.split('\n').filter((line) => line !== '' && unframe.open({ bytes: Buffer.from(line), offset: 0 }).length > 0)
    samples.set(JSON.stringify(framing), opened.filter((line) => typeof unframe.open({ bytes: Buffer.from(line), offset: 0 }) !== 'string'))
  }
  return samples
}

for (const name of framingNames) {
  for (const [key, samples] of samplesOf(name)) {
    testFraming({ name: key, unframe: createUnframe(JSON.parse(key) as FramingConfig)!, samples: samples.slice(0, 6) })
  }
}

/** Records between two words, one a line: `BEGIN … END`. */
const marked = defineFraming({
  name: 'marked',
  summary: 'records between two words',
  options: z.strictObject({ begin: z.string().min(1), end: z.string().default('END') }),
  unit: 'line',
  create: ({ begin, end }) => ({ bytes, offset }) => {
    const start = bytes.indexOf(begin)
    const stop = bytes.lastIndexOf(end)
    if (start !== 0 || stop < begin.length) return `a line from ${begin} to ${end}`
    return stop === begin.length ? [] : [{ bytes: bytes.subarray(begin.length, stop), offset: offset + begin.length }]
  },
})
const added = createFramings([...framings, marked])
const config = added.schema.parse({ type: 'marked', begin: 'BEGIN' })

test('a framing that is added is known to the configuration by its name and its options', () => {
  assert.deepEqual(added.names, [...framingNames, 'marked'])
  assert.deepEqual(config, { type: 'marked', begin: 'BEGIN', end: 'END' })
  assert.deepEqual(added.schema.parse('docker'), { type: 'docker' })
  const refused = added.schema.safeParse('marked')
  assert.match(refused.error?.issues[0]?.message ?? '', /needs options, begin at least: write framing: \{ type: marked, … \}/)
  assert.equal(added.schema.safeParse({ type: 'marked', begin: 'BEGIN', start: 1 }).success, false)
  assert.match(added.schema.safeParse('dokcer').error?.issues[0]?.message ?? '', /did you mean/)
})

test('a framing that is added opens what an input reads, and refuses what does not have it', () => {
  const record = JSON.stringify({ request: { method: 'GET', uri: '/v1/orders' }, response: { status: 200 }, started_at: 1787220930123 })
  const log = Buffer.from(`BEGIN${record}END\nBEGINEND\n${record}\n`)
  const { records } = cutAll(log, added.cuttingOf(config, 1000), 0)
  const decoder = { ...createDecoder({ type: 'kong' }), unframe: added.createUnframe(config)! }
  const { events, rejects } = decodeRecords(records, 'log', decoder, { events: [], rejects: [] })
  assert.deepEqual(events.map(({ target, source_offset: offset }) => [target, offset]), [['/v1/orders', 5]])
  assert.deepEqual(rejects.map(({ reason, detail }) => [reason, detail]), [
    ['not_framed', 'framing marked: expected a line from BEGIN to END; it looks like a JSON object'],
  ])
})

testFraming({ name: 'a framing that is added', unframe: added.createUnframe(config)!, samples: ['BEGINaEND', 'BEGIN text END'] })
