import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packBatch } from '../../../services/processor/publish/encoded-batch.ts'
import { Spool } from '../../../services/processor/publish/spool.ts'
import { makeFolder } from '../input/fixture.ts'

test('encoded batches that several pipelines add at the same moment are all kept, also after a restart', async (t) => {
  const folder = makeFolder(t)
  const spool = await Spool.open(folder, 1_000_000)
  const tokens = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(32, '0'))
  await Promise.all(tokens.map(async (token) => spool.add(token, await packBatch({ token, parts: [] }))))
  assert.equal(spool.length, tokens.length)
  const reopened = await Spool.open(folder, 1_000_000)
  assert.deepEqual([reopened.length, tokens.every((token) => reopened.has(token))], [tokens.length, true])
  const found: string[] = []
  for (let token = spool.oldest(); token !== undefined; token = spool.oldest()) {
    found.push((await spool.read(token)).token)
    await spool.remove(token)
  }
  assert.deepEqual(found.sort(), tokens)
  assert.equal(spool.bytes, 0)
})

test('room that an encoded batch takes is taken while it is written', async (t) => {
  const spool = await Spool.open(makeFolder(t), 150)
  assert.equal(spool.hasRoom(100), true)
  const adding = spool.add('a'.repeat(32), Buffer.alloc(100))
  assert.equal(spool.hasRoom(100), false)
  await adding
  assert.equal(spool.hasRoom(100), false)
  assert.equal(spool.hasRoom(50), true)
})
