import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packBatch, unpackBatch } from '../../../services/processor/publish/encoded-batch.ts'
import type { EncodedBatch } from '../../../services/processor/publish/encoded-batch.ts'
import { tabulateRejects } from '../../../services/processor/publish/tables.ts'
import { makeEvents } from '../event-fixture.ts'
import { makeReject } from './sink-fixture.ts'
import { tabulateEvents } from './whole-batch.ts'

const day = 86_400_000
const events = makeEvents(200, (index) => ({ time: Date.UTC(2026, 7, 20) + (index % 2) * day }))
const encoded: EncodedBatch = { token: 'abcdef', parts: [...tabulateEvents(events), tabulateRejects([makeReject(1)]), tabulateRejects([])] }

test('an encoded batch comes back from its file as it was, which is smaller', async () => {
  const file = await packBatch(encoded)
  assert.deepEqual(await unpackBatch(file, 'path'), encoded)
  assert.ok(file.length < encoded.parts.reduce((sum, { bytes }) => sum + bytes.length, 0) / 2)
  const empty = { token: 'abcdef', parts: [] }
  assert.deepEqual(await unpackBatch(await packBatch(empty), 'path'), empty)
})

test('a file that is cut off, too long or changed is told from a whole one', async () => {
  const file = await packBatch(encoded)
  const changed = Buffer.from(file)
  changed[file.length - 100] = (changed[file.length - 100] as number) ^ 1
  const longer = Buffer.concat([file, Buffer.alloc(1)])
  const miscounted = Buffer.from(file.toString('latin1').replace(/"bytes":(\d+)/, (_, bytes: string) => `"bytes":${Number(bytes) + 1}`), 'latin1')
  const cut = [file.length - 1, file.indexOf(10) + 1, 20, 0].map((length) => file.subarray(0, length))
  const broken = [...cut, changed, longer, miscounted, Buffer.from('null\n'), Buffer.from('[]\n')]
  for (const content of broken) {
    await assert.rejects(unpackBatch(content, '/state/spool/1.batch'), { code: 'STATE_INVALID', where: '/state/spool/1.batch', message: /^a spooled batch is broken: / })
  }
})

test('a file of another version says which, and what to do', async () => {
  const old = Buffer.from('{"version":2,"token":"abcdef","parts":[{"table":"requests","name":"2026-08-20","columns":["time"],"rows":1,"bytes":6}]}\n1.000\n')
  await assert.rejects(unpackBatch(old, 'path'), {
    code: 'STATE_INVALID', where: 'path', message: /is of version 2, and this program reads version 3 only/, hint: /^Start the release of gatelens that wrote the file/,
  })
})
