/** What it takes to add an input: one definition, and its place in the list of all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { z } from 'zod'
import type { Input } from '../../services/processor/contract.ts'
import { formatSchema } from '../../services/processor/format.ts'
import { defineInput } from '../../services/processor/input/definition.ts'
import type { InputDefinition } from '../../services/processor/input/definition.ts'
import { inputKinds } from '../../services/processor/input/index.ts'
import { createInputs } from '../../services/processor/inputs.ts'

/** Records that stand in the configuration, one batch each. */
const listInput = defineInput({
  type: 'list',
  options: z.strictObject({
    type: z.literal('list'),
    name: z.string().default('list'),
    format: formatSchema.prefault('kong'),
    records: z.array(z.string()).min(1),
  }),
  example: { records: ['a'] },
  uncommitted: 'lost',
  idOf: ({ name }) => name,
  create: ({ name, records }, { signal }): Input => ({
    async * [Symbol.asyncIterator] () {
      for (const [from, text] of records.entries()) {
        if (signal.aborted) return
        yield { range: { input: name, partition: '', from, to: from + 1 }, records: [{ bytes: Buffer.from(text), offset: from }], commit: async () => {} }
      }
    },
  }),
})

const inputs = createInputs([...inputKinds, listInput] as unknown as readonly InputDefinition[])

test('an input that is added is known to the configuration, beside the others', () => {
  assert.deepEqual(inputs.schema.parse({ type: 'list', records: ['a'] }), { type: 'list', name: 'list', format: { type: 'kong' }, records: ['a'] })
  assert.equal(inputs.schema.safeParse({ type: 'list', records: ['a'], follow: true }).success, false)
  assert.equal(inputs.listSchema.safeParse([{ type: 'list', records: ['a'] }, { type: 'file', paths: ['a'] }]).success, true)
  assert.equal(inputs.listSchema.safeParse([{ type: 'list', records: ['a'] }, { type: 'file', paths: ['a'], name: 'list' }]).success, false)
})

test('an input that is added is made of its options', async () => {
  const context = {
    state: '',
    base: '',
    signal: new AbortController().signal,
    telemetry: { add: () => {} },
    readiness: { input: () => {}, state: () => {} },
    lag: { waits: () => {} },
    log: pino({ level: 'silent' }),
    recall: async () => {},
  }
  const texts: string[] = []
  for await (const { records } of await inputs.createInput(inputs.schema.parse({ type: 'list', records: ['a', 'b'] }), context)) {
    texts.push(...records.map(({ bytes }) => bytes.toString()))
  }
  assert.deepEqual(texts, ['a', 'b'])
})

for (const kind of [...inputKinds, listInput] as unknown as readonly InputDefinition[]) {
  test(`${kind.type}: its example is enough, and its id is a label`, () => {
    const config = inputs.schema.parse({ type: kind.type, ...kind.example })
    assert.equal(config.format.type, 'kong')
    assert.match(inputs.inputIdOf(config), /^[\w.:-]+$/)
    assert.equal(inputs.schema.safeParse({ type: kind.type, ...kind.example, nonsense: 1 }).success, false)
  })
}
