import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { text } from 'node:stream/consumers'
import type { RecordBatch } from '../../../services/processor/contract.ts'
import { createStdinInput, stdinInputSchema } from '../../../services/processor/input/stdin.ts'
import { runCommand, startCommand } from '../../cli/run-command.ts'
import { fc } from '../../property.ts'
import { kongRecord } from '../kong-fixture.ts'
import { startStoreProcess } from '../store-fixture.ts'
import { makeFolder } from './fixture.ts'

function read (stream: Readable, settings: Record<string, unknown> = {}): AsyncIterable<RecordBatch> {
  const surroundings = { signal: new AbortController().signal, readiness: { input: () => {}, state: () => {} }, lag: { waits: () => {} } }
  return createStdinInput(stdinInputSchema.parse({ type: 'stdin', ...settings }), surroundings, stream)
}

interface Seen {
  records: Array<[offset: number, text: string]>
  tooLong: Array<[offset: number, length: number]>
  end: number
  batches: number
}

async function collect (batches: AsyncIterable<RecordBatch>): Promise<Seen> {
  const seen: Seen = { records: [], tooLong: [], end: 0, batches: 0 }
  for await (const { range, records, rejects = [] } of batches) {
    assert.equal(range.from, seen.end)
    seen.batches++
    seen.records.push(...records.map(({ offset, bytes }): [number, string] => [offset, bytes.toString()]))
    seen.tooLong.push(...rejects.map(({ source_offset: offset, length }): [number, number] => [offset, length]))
    seen.end = range.to
  }
  return seen
}

/** A stream that gives these pieces one by one. */
function piecesOf (content: string, sizes: readonly number[]): Readable {
  const bytes = Buffer.from(content)
  const pieces = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    pieces.push(Buffer.from(bytes.subarray(at, at + size)))
    at += size
  }
  return Readable.from(pieces)
}

test('records, their places and those that are too long are the same wherever the pieces of the pipe are cut', async () => {
  const content = `one\r\n\n{"a": 1}\nзапись\n${'x'.repeat(80)}\ntwo\n${'y'.repeat(33)}\n\0\0{"b": 2}\nlast`
  const whole = await collect(read(piecesOf(content, [1000]), { max_record_bytes: 32 }))
  assert.deepEqual(whole.records, [[0, 'one'], [6, '{"a": 1}'], [15, 'запись'], [109, 'two'], [149, '{"b": 2}'], [158, 'last']])
  assert.deepEqual(whole.tooLong, [[28, 80], [113, 33]])
  assert.equal(whole.end, Buffer.byteLength(content))
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), async (sizes) => {
    const { records, tooLong, end } = await collect(read(piecesOf(content, sizes), { max_record_bytes: 32 }))
    assert.deepEqual({ records, tooLong, end }, { records: whole.records, tooLong: whole.tooLong, end: whole.end })
  }))
})

test('a last line that is too long and has no line end is refused with its length', async () => {
  for (const size of [7, 1000]) {
    const { records, tooLong, end } = await collect(read(piecesOf(`one\n${'x'.repeat(100)}`, [size]), { max_record_bytes: 32 }))
    assert.deepEqual([records, tooLong, end], [[[0, 'one']], [[4, 100]], 104])
  }
})

test('an empty pipe ends without a batch', async () => {
  assert.equal((await collect(read(Readable.from([])))).batches, 0)
})

test('a batch is full by its records or by its bytes', async () => {
  const lines = `${'x'.repeat(99)}\n`.repeat(100)
  assert.equal((await collect(read(piecesOf(lines, [100]), { batch: { records: 10 } }))).batches, 10)
  assert.equal((await collect(read(piecesOf(lines, [100]), { batch: { bytes: 2000 } }))).batches, 5)
})

test('a pipe that fails gives what came before, and then an error', async () => {
  const broken = Readable.from((function * () {
    yield Buffer.from('one\ntwo\nthr')
    throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
  })())
  const texts: string[] = []
  await assert.rejects(async () => {
    for await (const { records } of read(broken)) texts.push(...records.map(({ bytes }) => bytes.toString()))
  }, { code: 'INPUT_UNREADABLE', message: /EIO/, where: 'standard input' })
  assert.deepEqual(texts, ['one', 'two'])
})

test('what was handed out is kept no longer', async () => {
  const [pieces, pieceBytes] = [4000, 64 * 1024]
  const stream = Readable.from((function * () {
    for (let piece = 0; piece < pieces; piece++) yield Buffer.alloc(pieceBytes, `${'x'.repeat(1023)}\n`)
  })(), { highWaterMark: 1 })
  let bytes = 0
  for await (const { range } of read(stream, { batch: { records: 2000 } })) bytes = range.to
  assert.equal(bytes, pieces * pieceBytes)
  const { arrayBuffers } = process.memoryUsage()
  assert.ok(arrayBuffers < bytes / 2, `${arrayBuffers} bytes are held of ${bytes}`)
})

test('a processor that is piped into ends with the pipe, and everything is stored', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const config = join(folder, 'gatelens.yaml')
  writeFileSync(config, `
inputs: [{ type: stdin, batch: { records: 100 } }]
store: { url: '${store.url}' }
metrics: { listen: '127.0.0.1:0' }
log: { level: error }
`)
  const records = Array.from({ length: 1000 }, (_, number) => kongRecord(number)).join('\n')
  const { code, stderr } = await runCommand(['processor', '--config', config], { stdin: `${records}\nnonsense\n${kongRecord(1000)}` })
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(await store.query("SELECT splitByChar(':', source)[1] AS input, count() AS rows, uniqExact(event_id) AS ids FROM gatelens.requests GROUP BY ALL"),
    [{ input: 'stdin', rows: 1001, ids: 1001 }])
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.rejected'), [{ rows: 1 }])
})

test('a pipe that nobody closes does not keep a processor that cannot go on', async (t) => {
  const folder = makeFolder(t)
  const config = join(folder, 'gatelens.yaml')
  writeFileSync(config, `
inputs: [{ type: stdin }, { type: file, name: none, paths: [none.log], follow: false }]
store: { url: 'http://127.0.0.1:1' }
metrics: { listen: '127.0.0.1:0' }
log: { level: fatal }
`)
  const child = startCommand(['processor', '--config', config])
  t.after(() => child.kill('SIGKILL'))
  child.stdin?.write(`${kongRecord(0)}\n`)
  const [errors, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')])
  assert.equal(code, 2)
  assert.match(errors, /INPUT_UNREADABLE.*none\.log/)
})

test('records in pieces are put together wherever the pipe is cut, and one without an end goes out at the end of the pipe', async () => {
  const cri = (text: string, tag: string, stream = 'stdout'): string => `2026-08-20T10:15:33.7Z ${stream} ${tag} ${text}\n`
  const content = cri('o', 'P') + cri('er', 'P', 'stderr') + cri('ne', 'F') + cri('r', 'F', 'stderr') + cri('lo', 'P') + cri('st', 'P')
  const placeOf = (text: string): number => content.lastIndexOf('\n', content.indexOf(text)) + 1
  for (const sizes of [[1], [7], [40, 3], [1000]]) {
    const { records, end } = await collect(read(piecesOf(content, sizes)))
    assert.deepEqual(records, [[0, 'one'], [placeOf('P er'), 'err'], [placeOf('P lo'), 'lost']], String(sizes))
    assert.equal(end, Buffer.byteLength(content))
  }
})
