/** What the file input makes of files that lost their end, as after a power cut of their host. */
import assert from 'node:assert/strict'
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { marksOf } from '../../../services/processor/input/trail.ts'
import { lines, numbers, openInput, setUp, until } from './fixture.ts'

for (const when of ['up', 'down'] as const) {
  for (const added of [0, 3, 150]) {
    test(`a file that was cut off while the input was ${when} is read on behind what is left, ${added} new records included`, async (t) => {
      const { folder, log } = setUp(t)
      writeFileSync(log, lines(0, 200))
      const before = openInput(t, folder, { batch: { records: 60 } })
      assert.deepEqual(await before.take(200), numbers(0, 200))
      if (when === 'down') await before.stop()
      truncateSync(log, lines(0, 100).length)
      appendFileSync(log, lines(200, 200 + added))
      const input = when === 'down' ? openInput(t, folder) : before
      const next = input.take(added + 2)
      await until(() => input.told.some((line) => line.startsWith('the file was cut off')))
      appendFileSync(log, lines(400, 402))
      assert.deepEqual(await next, [...numbers(200, 200 + added), ...numbers(400, 402)])
      assert.ok(input.told.some((line) => line.startsWith('the file was cut off')))
      await input.stop()
      const last = openInput(t, folder, { follow: false })
      assert.deepEqual(await last.take(1), [], 'nothing comes a second time')
    })
  }
}

test('a file that was cut off within a line goes on with the next record that is written', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 200))
  const before = openInput(t, folder)
  await before.take(200)
  await before.stop()
  truncateSync(log, lines(0, 100).length + 7)
  const input = openInput(t, folder)
  const next = input.take(2)
  await until(() => input.told.some((line) => line.startsWith('the file was cut off')))
  appendFileSync(log, lines(200, 202))
  assert.deepEqual(await next, numbers(200, 202))
  await input.stop()
})

test('a record that was written behind half a line before anybody looked comes out with that half, to be counted as broken', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 200))
  const before = openInput(t, folder)
  await before.take(200)
  await before.stop()
  truncateSync(log, lines(0, 100).length + 7)
  appendFileSync(log, lines(200, 203))
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(3), [`${'record number 100'.slice(0, 7)}record number 200`, ...numbers(201, 203)])
  await input.stop()
})

test('a record that was too long is no end of what is left of a file that was cut off', async (t) => {
  const { folder, log } = setUp(t)
  const long = `${'x'.repeat(100)}\n${'y'.repeat(5000)}\n`
  writeFileSync(log, lines(0, 50) + long + lines(50, 100))
  const before = openInput(t, folder, { max_record_bytes: 64, batch: { bytes: 4000 } })
  assert.deepEqual(await before.take(100), numbers(0, 100))
  await before.stop()
  truncateSync(log, (lines(0, 50) + long + lines(50, 80)).length)
  appendFileSync(log, lines(200, 203))
  const input = openInput(t, folder, { max_record_bytes: 64, batch: { bytes: 4000 } })
  assert.deepEqual(await input.take(3), numbers(200, 203))
  await input.stop()
})

test('a file that was truncated is no cut one, though the first half of a record is in it already', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(10, 20))
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(10), numbers(10, 20))
  const next = input.take(1)
  writeFileSync(log, lines(77, 78).slice(0, 9))
  await input.settle()
  appendFileSync(log, lines(77, 78).slice(9))
  assert.deepEqual(await next, numbers(77, 78))
  await input.stop()
})

test('a file that was truncated is no cut one, though its first line has the mark of the old one', async (t) => {
  const { folder, log } = setUp(t)
  const markAt = (index: number): string => marksOf(numbers(index, index + 1).map((text) => ({ bytes: Buffer.from(text), offset: 0 })))
  let other = 1_000_001
  while (markAt(other) !== markAt(1_000_000)) other++
  writeFileSync(log, lines(1_000_000, 1_000_005))
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(5), numbers(1_000_000, 1_000_005))
  writeFileSync(log, lines(other, other + 4))
  assert.deepEqual(await input.take(4), numbers(other, other + 4))
  await input.stop()
})

test('a range that was pending when its file was cut off comes again with what is left of it, and then what is new', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 200))
  const before = openInput(t, folder, { batch: { records: 80 } })
  await before.take(80)
  const pending = await before.next()
  await before.stop()
  truncateSync(log, lines(0, 100).length)
  appendFileSync(log, lines(200, 203))
  const input = openInput(t, folder)
  const again = await input.next()
  assert.deepEqual([again?.partition, again?.from, again?.to, again?.again], [pending?.partition, pending?.from, pending?.to, true])
  assert.deepEqual(again?.texts, numbers(80, 100))
  await input.commit()
  const next = await input.next()
  assert.deepEqual(next?.texts, numbers(200, 203))
  assert.notEqual(next?.partition, again?.partition, 'offsets that are used twice are told apart')
  await input.stop()
})

test('a file that was cut off is read from its start where the configuration says so', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 200))
  const input = openInput(t, folder, { on_cut: 'reread' })
  assert.deepEqual(await input.take(200), numbers(0, 200))
  truncateSync(log, lines(0, 100).length)
  appendFileSync(log, lines(200, 203))
  assert.deepEqual(await input.take(103), [...numbers(0, 100), ...numbers(200, 203)])
  await input.stop()
})

test('zeros that a system left in a file when it went down are no part of a record', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, `${lines(0, 2)}${'\0'.repeat(100)}${lines(2, 4)}`)
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(4), numbers(0, 4))
  await input.stop()
})
