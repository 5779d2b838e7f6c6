import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { fields } from '../../../services/processor/event.ts'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { FileWriter } from '../../../services/processor/publish/file-writer.ts'
import type { FileWriterOptions } from '../../../services/processor/publish/file-writer.ts'
import { beginLines } from '../../../services/processor/publish/ndjson.ts'
import { until } from '../../until.ts'
import { makeEvent, makeEvents } from '../event-fixture.ts'
import { makeFolder } from '../input/fixture.ts'

function writeLines (events: readonly EnrichedEvent[]): Buffer {
  const encoder = beginLines()
  encoder.add(events)
  return encoder.end([])[0]!.bytes
}

interface Opened { writer: FileWriter, path: string, told: string[], close: () => Promise<void> }

async function openFile (t: TestContext, folder: string, rotate: Partial<FileWriterOptions['rotate']> = {}): Promise<Opened> {
  const path = join(folder, 'out.ndjson')
  const told: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => { told.push((JSON.parse(line) as { msg: string }).msg) } })
  const writer = await FileWriter.open({ path, rotate: { bytes: 1e9, keep: 20, gzip: false, ...rotate }, log })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await writer.close()
    isOpen = false
  }
  t.after(close)
  return { writer, path, told, close }
}

const read = (path: string): string => readFileSync(path, 'utf8')
const lines = (name: string): Buffer => Buffer.from(`{"batch":"${name}"}\n{"batch":"${name}"}\n`)
const namesOf = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.')).sort()

test('a line has the published fields and no other', () => {
  const secret = 'S3cret-value-that-must-not-leave'
  const raw = { target: `/v1?key=${secret}`, upstream_target: secret, credential_id: secret, client_ip: secret, consumer_id: secret }
  const more = { user_agent_original: secret, path_params: { id: secret }, gateway_service: secret, consumer_custom_id: secret }
  const text = writeLines([makeEvent({ ...raw, ...more, time: Date.UTC(2026, 7, 20, 1, 2, 3, 45), duration_ms: null, params: { id: 'a\nb' } })]).toString()
  assert.ok(!text.includes(secret))
  assert.equal(text.split('\n').length, 2)
  const line = JSON.parse(text) as Record<string, unknown>
  assert.deepEqual(Object.keys(line), Object.keys(fields))
  assert.deepEqual([line.time, line.duration_ms, line.params], ['2026-08-20T01:02:03.045Z', null, { id: 'a\nb' }])
  assert.equal(writeLines(makeEvents(1201)).toString().split('\n').length, 1202)
})

test('what a crash has left behind what is committed is cut off, and its batch is written again', async (t) => {
  const folder = makeFolder(t)
  const first = await openFile(t, folder)
  await first.writer.append('a', lines('a'))
  await first.close()
  appendFileSync(first.path, lines('b').subarray(0, 25))
  appendFileSync(join(folder, '.out.ndjson.journal'), '{"number":1,"length":60,"since":1,"tok')
  const second = await openFile(t, folder)
  for (const name of ['a', 'b', 'c', 'b']) await second.writer.append(name, lines(name))
  assert.equal(read(second.path), ['a', 'b', 'c'].map((name) => lines(name).toString()).join(''))
  assert.deepEqual(second.told, ['what was written of a batch that was not finished is cut off; the batch comes again'])
})

test('a file is finished by its size, after a whole batch, and so many are kept', async (t) => {
  const folder = makeFolder(t)
  const { writer } = await openFile(t, folder, { bytes: 70, keep: 2 })
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
  for (const name of names) await writer.append(name, lines(name))
  await writer.close()
  assert.deepEqual(namesOf(folder), ['out.ndjson', 'out.ndjson.000002', 'out.ndjson.000003'])
  assert.equal(['out.ndjson.000002', 'out.ndjson.000003', 'out.ndjson'].map((name) => read(join(folder, name))).join(''),
    names.slice(3).map((name) => lines(name).toString()).join(''))
})

test('a finished file is compressed, also one that an earlier run left', async (t) => {
  const folder = makeFolder(t)
  const first = await openFile(t, folder, { bytes: 10 })
  for (const name of ['a', 'b']) await first.writer.append(name, lines(name))
  await first.close()
  writeFileSync(join(folder, 'out.ndjson.000001.gz.tmp'), 'half')
  const second = await openFile(t, folder, { bytes: 10, gzip: true })
  await second.writer.append('c', lines('c'))
  await second.close()
  assert.deepEqual(namesOf(folder), ['out.ndjson.000001.gz', 'out.ndjson.000002.gz', 'out.ndjson.000003.gz'])
  assert.deepEqual(['1', '2'].map((number) => gunzipSync(readFileSync(join(folder, `out.ndjson.00000${number}.gz`))).toString()), ['a', 'b'].map((name) => lines(name).toString()))
})

test('a file is finished in time when no batch comes, and its age counts over a restart', async (t) => {
  const folder = makeFolder(t)
  const first = await openFile(t, folder, { after: 1000 })
  await first.writer.append('a', lines('a'))
  await first.close()
  await openFile(t, folder, { after: 1000 })
  await until(() => namesOf(folder).join() === 'out.ndjson.000001')
})

test('a crash between the new name of a finished file and its journal leaves every batch where it is, once', async (t) => {
  const folder = makeFolder(t)
  const first = await openFile(t, folder)
  await first.writer.append('a', lines('a'))
  await first.close()
  renameSync(first.path, `${first.path}.000001`)
  const second = await openFile(t, folder)
  for (const name of ['a', 'b']) await second.writer.append(name, lines(name))
  await second.close()
  appendFileSync(second.path, '{"torn":')
  const third = await openFile(t, folder)
  await third.writer.append('b', lines('b'))
  assert.deepEqual([read(`${first.path}.000001`), read(first.path)], [lines('a').toString(), lines('b').toString()])
})

test('a file that somebody moves away is whole, and another one is begun', async (t) => {
  const folder = makeFolder(t)
  const { writer, path } = await openFile(t, folder)
  await writer.append('a', lines('a'))
  renameSync(path, join(folder, 'moved'))
  await writer.append('b', lines('b'))
  assert.deepEqual([read(join(folder, 'moved')), read(path)], [lines('a').toString(), lines('b').toString()])
})

test('a file that somebody has shortened is put aside, and another one is begun', async (t) => {
  const folder = makeFolder(t)
  const { writer, path } = await openFile(t, folder)
  await writer.append('a', lines('a'))
  truncateSync(path, 5)
  await writer.append('b', lines('b'))
  assert.deepEqual([read(`${path}.000001`).length, read(path)], [5, lines('b').toString()])
})

test('a file that was there before the sink is put aside and not written into', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'out.ndjson'), 'of somebody else')
  const { writer, path } = await openFile(t, folder)
  await writer.append('a', lines('a'))
  assert.deepEqual([read(`${path}.000001`), read(path)], ['of somebody else', lines('a').toString()])
})

test('two sinks cannot write one file, and what is no file is no place for it', async (t) => {
  const folder = makeFolder(t)
  await openFile(t, folder)
  await assert.rejects(openFile(t, folder), { code: 'FOLDER_LOCKED' })
  const [directory, pipe] = [join(folder, 'directory'), join(folder, 'pipe')]
  mkdirSync(join(directory, 'out.ndjson'), { recursive: true })
  mkdirSync(pipe)
  execFileSync('mkfifo', [join(pipe, 'out.ndjson')])
  for (const place of [directory, pipe]) await assert.rejects(openFile(t, place), { code: 'SINK_UNAVAILABLE' })
})

test('a disk that takes only part of a batch leaves no part of it once there is room', async (t) => {
  const folder = makeFolder(t)
  const { writer, path } = await openFile(t, folder)
  await writer.append('a', lines('a'))
  const big = Buffer.concat(Array.from({ length: 40_000 }, (_, index) => lines(`b${index}`)))
  const limit = (bytes: string): void => { execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}`]) }
  process.on('SIGXFSZ', () => {})
  limit('1000000:unlimited')
  try {
    await assert.rejects(writer.append('b', big), { code: 'SINK_UNAVAILABLE' })
    assert.ok(read(path).length > lines('a').length, 'a part is there')
    await assert.rejects(writer.append('b', big), { code: 'SINK_UNAVAILABLE' })
  } finally {
    limit('unlimited:unlimited')
  }
  await writer.append('c', lines('c'))
  assert.equal(read(path), `${lines('a').toString()}${lines('c').toString()}`)
  await writer.append('b', big)
  assert.equal(read(path).length, 2 * lines('a').length + big.length)
})

test('the newest batches are known again after the journal was written anew', async (t) => {
  const folder = makeFolder(t)
  const first = await openFile(t, folder)
  for (let number = 0; number < 30; number++) await first.writer.append(`t${number}`, lines(`t${number}`))
  await first.close()
  const size = read(join(folder, '.out.ndjson.journal')).split('\n').length
  assert.equal(size, 32, 'a line for the beginning and one for each batch')
  const second = await openFile(t, folder)
  for (let number = 0; number < 30; number++) await second.writer.append(`t${number}`, lines(`t${number}`))
  assert.equal(read(second.path).split('\n').length, 61)
})
