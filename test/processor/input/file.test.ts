import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { GatelensError } from '../../../services/runtime/errors.ts'
import { lines, numbers, openInput, setUp } from './fixture.ts'

test('files that are not followed are read to their end, oldest first, and the last line needs no line end', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, 'one\r\n\ntwo\nthree')
  const input = openInput(t, folder, { follow: false })
  assert.deepEqual(await input.take(Infinity), ['one', 'two', 'three'])
})

test('a record without a line end waits until it is whole', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, 'one\ntw')
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(1), ['one'])
  appendFileSync(log, 'o\n')
  assert.deepEqual(await input.take(1), ['two'])
  await input.stop()
})

test('a range that was handed out and not committed comes again, first and exactly', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 10))
  const before = openInput(t, folder, { batch: { records: 4 } })
  await before.next()
  await before.commit()
  const pending = await before.next()
  await before.stop()
  appendFileSync(log, lines(10, 20))
  const after = openInput(t, folder, { batch: { records: 100 } })
  assert.deepEqual(await after.next(), { ...pending, again: true })
  await after.commit()
  assert.deepEqual(await after.take(12), numbers(8, 20))
  await after.stop()
})

test('two ranges may wait for their commit; both come again in order', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 10))
  const before = openInput(t, folder, { batch: { records: 4 } })
  const pending = [await before.next(), await before.next()]
  await before.stop()
  const after = openInput(t, folder, { follow: false })
  assert.deepEqual([await after.next(), await after.next()], pending.map((batch) => ({ ...batch, again: true })))
})

test('gzip files are read, also of several members and under any name', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, Buffer.concat([gzipSync(lines(0, 5)), gzipSync(lines(5, 9))]))
  const input = openInput(t, folder, { follow: false, batch: { records: 2 } })
  assert.deepEqual(await input.take(Infinity), numbers(0, 9))
})

test('a gzip file that was cut off gives what can be read of it', async (t) => {
  const { folder, log } = setUp(t)
  const whole = gzipSync(Array.from({ length: 5000 }, (_, index) => `${index} ${Math.sin(index)}\n`).join(''))
  writeFileSync(log, whole.subarray(0, whole.length / 2))
  const texts = await openInput(t, folder, { follow: false }).take(Infinity)
  assert.ok(texts.length > 1000 && texts.length < 5000, `${texts.length}`)
})

test('a record that is too long is refused with its place and length and is never held', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, `one\n${'x'.repeat(300)}\ntwo\n${'y'.repeat(5_000_000)}\nthree\n${'z'.repeat(70)}\n`)
  const input = openInput(t, folder, { follow: false, max_record_bytes: 64, batch: { bytes: 128 } })
  const seen = []
  for (let batch = await input.next(); batch !== undefined; batch = await input.next()) seen.push(batch)
  assert.deepEqual(seen.flatMap((batch) => batch.texts), ['one', 'two', 'three'])
  assert.deepEqual(seen.flatMap((batch) => batch.tooLong), [300, 5_000_000, 70])
  const again = openInput(t, folder, { follow: false, max_record_bytes: 64, batch: { bytes: 128 } })
  for (const batch of seen) assert.deepEqual(await again.next(), { ...batch, again: true })
})

test('a file that existed before the first start can be skipped; later ones are read whole', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, `${lines(0, 5)}record num`)
  const input = openInput(t, folder, { start_at: 'end' })
  const added = input.take(3)
  // The end is found, and the checkpoint written, at the first look.
  while (!existsSync(join(folder, 'state', 'input-file.json'))) await new Promise((resolve) => setTimeout(resolve, 1))
  appendFileSync(log, `ber 5\n${lines(6, 8)}`)
  assert.deepEqual(await added, numbers(5, 8))
  writeFileSync(join(folder, 'logs', 'other.log'), lines(8, 9))
  assert.deepEqual(await input.take(1), numbers(8, 9))
  await input.stop()
})

test('files with the same content are different files at the first start', async (t) => {
  const { folder } = setUp(t)
  for (const name of ['kong.log', 'kong-2.log']) writeFileSync(join(folder, 'logs', name), lines(0, 3))
  const input = openInput(t, folder)
  assert.equal((await input.take(6)).length, 6)
  await input.stop()
})

test('a path with the characters of a pattern is also taken as it stands', async (t) => {
  const { folder } = setUp(t)
  writeFileSync(join(folder, 'logs', '[kong] access.log'), lines(0, 2))
  const input = openInput(t, folder, { paths: ['logs/[kong] access.log'], follow: false })
  assert.deepEqual(await input.take(Infinity), numbers(0, 2))
})

test('nothing to read is an error when nothing is waited for, and so is a compression that cannot be read', async (t) => {
  const { folder, log } = setUp(t)
  await assert.rejects(openInput(t, folder, { follow: false }).next(), { code: 'INPUT_UNREADABLE' })
  writeFileSync(log, Buffer.from('28b52ffd0000', 'hex'))
  await assert.rejects(openInput(t, folder, { follow: false }).next(), { code: 'INPUT_UNREADABLE', message: /zstd/ })
})

test('a checkpoint that cannot be understood is named', async (t) => {
  const { folder } = setUp(t)
  mkdirSync(join(folder, 'state'))
  writeFileSync(join(folder, 'state', 'input-file.json'), '{"version":1,"input":"file","files":[{}]}')
  await assert.rejects(openInput(t, folder).next(), (error: GatelensError) => error.code === 'STATE_INVALID' && error.where.endsWith('input-file.json'))
})

test('a checkpoint that is no JSON is named without quoting it', async (t) => {
  const { folder } = setUp(t)
  mkdirSync(join(folder, 'state'))
  writeFileSync(join(folder, 'state', 'input-file.json'), '\u0007garbage')
  await assert.rejects(openInput(t, folder).next(), (error: GatelensError) => error.code === 'STATE_INVALID' && !/garbage/.test(error.message))
})

test('the checkpoint holds positions and hashes, nothing of the records', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, 'a secret in a record\n'.repeat(200))
  const input = openInput(t, folder, { batch: { records: 50 } })
  await input.take(50)
  await input.next()
  assert.doesNotMatch(readFileSync(join(folder, 'state', 'input-file.json'), 'utf8'), /secret/)
})

test('the position of a file that is gone is forgotten in the end', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 3))
  const input = openInput(t, folder, { forget: '1ms' })
  await input.take(3)
  unlinkSync(log)
  writeFileSync(join(folder, 'logs', 'other.log'), lines(3, 5))
  await input.take(2)
  const entries = (): number => JSON.parse(readFileSync(join(folder, 'state', 'input-file.json'), 'utf8')).files.length
  for (let number = 5; entries() > 1; number++) {
    appendFileSync(join(folder, 'logs', 'other.log'), lines(number, number + 1))
    await input.take(1)
  }
  assert.equal(entries(), 1)
})

test('the lag is what was not committed', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 4))
  const input = openInput(t, folder, { batch: { records: 2 } })
  await input.take(2)
  await input.next()
  await input.commit()
  writeFileSync(join(folder, 'logs', 'other.log'), 'more\n')
  await input.next()
  const waiting = input.next()
  const lagIs = async (bytes: number): Promise<void> => {
    while (input.lag !== bytes) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await lagIs(5)
  await input.commit()
  await lagIs(0)
  await input.stop()
  assert.equal(await waiting, undefined)
})
