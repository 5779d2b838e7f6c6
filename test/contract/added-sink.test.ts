/** What it takes to add a sink: one definition, and its place in the list of all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineSink, sinkShape } from '../../services/processor/publish/definition.ts'
import type { SinkDefinition } from '../../services/processor/publish/definition.ts'
import { sinkKinds } from '../../services/processor/publish/index.ts'
import { createSinks } from '../../services/processor/sinks.ts'
import { createLog } from '../../services/runtime/log.ts'
import { makeEvents } from '../processor/event-fixture.ts'
import { makeFolder } from '../processor/input/fixture.ts'
import { makeBatch } from '../processor/publish/sink-fixture.ts'
import { writeBatch } from '../processor/publish/whole-batch.ts'

const heard: string[] = []

/** Says how many requests there were of each route. */
const countSink = defineSink({
  type: 'count',
  options: z.strictObject({ ...sinkShape('count'), greeting: z.string() }),
  example: { greeting: 'hello' },
  redelivery: 'A batch that comes again is said again.',
  encoder: () => () => {
    const routes: string[] = []
    return {
      add: (events) => { routes.push(...events.map(({ route }) => route)) },
      end: () => [{ rows: routes.length, bytes: Buffer.from(`${routes.length} of ${routes[0]}`) }],
    }
  },
  create: ({ greeting }) => ({
    connect: async () => ({
      deliver: async ({ parts }) => {
        for (const { bytes } of parts) heard.push(`${greeting}: ${bytes.toString()}`)
        return 0
      },
      close: async () => {},
    }),
  }),
})

const sinks = createSinks([...sinkKinds, countSink] as unknown as readonly SinkDefinition[])

test('a sink that is added is known to the configuration, beside the others', () => {
  assert.deepEqual(sinks.schema.parse({ type: 'count', greeting: 'hello' }), { type: 'count', name: 'count', spool: { max_bytes: 1024 ** 3 }, when_full: 'block', greeting: 'hello' })
  assert.equal(sinks.schema.safeParse({ type: 'count', greeting: 'hello', loud: true }).success, false)
  const named = (name: string): boolean => sinks.listSchema.safeParse([{ type: 'count', greeting: 'hello', name }, { type: 'file', path: 'a' }]).success
  assert.deepEqual([named('count'), named('file'), named('store')], [true, false, false])
})

test('a sink that is added gets batches behind a spool of its own', async (t) => {
  const nothing = { input: () => {}, sink: () => {}, state: () => {} }
  const sink = await sinks.openSink(sinks.schema.parse({ type: 'count', greeting: 'hello' }), {
    base: '', state: makeFolder(t), log: createLog('test', 'silent'), prepareStore: async () => {}, telemetry: { add: () => {}, record: () => {} }, readiness: nothing,
  })
  await writeBatch(sink, makeBatch('a', 0, makeEvents(3, () => ({ route: '/v1' }))))
  await sink.settled()
  await sink.close()
  assert.deepEqual(heard, ['hello: 3 of /v1'])
})

for (const kind of [...sinkKinds, countSink] as unknown as readonly SinkDefinition[]) {
  test(`${kind.type}: its example is enough, and its name is its type`, () => {
    assert.equal(sinks.schema.parse({ type: kind.type, ...kind.example }).name, kind.type)
    assert.equal(sinks.schema.safeParse({ type: kind.type, ...kind.example, nonsense: 1 }).success, false)
  })
}
