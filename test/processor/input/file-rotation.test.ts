/** What the file input makes of files that are renamed, copied or compressed. */
import assert from 'node:assert/strict'
import {
  appendFileSync, copyFileSync, readFileSync, renameSync, truncateSync, unlinkSync, utimesSync, writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openContent } from '../../../services/processor/input/content.ts'
import { pause } from '../../../services/runtime/shutdown.ts'
import { lines, numbers, openInput, setUp, until } from './fixture.ts'

test('a file that was renamed is read to its end, and so is its successor', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 5))
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(5), numbers(0, 5))
  renameSync(log, `${log}.1`)
  appendFileSync(`${log}.1`, lines(5, 8))
  writeFileSync(log, lines(8, 10))
  assert.deepEqual((await input.take(5)).sort(), numbers(5, 10))
  await input.stop()
})

test('a file that was renamed while nobody watched is found by its inode, those between by their names', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 5))
  const before = openInput(t, folder, { batch: { records: 3 } })
  await before.take(3)
  await before.stop()
  renameSync(log, `${log}.2`)
  writeFileSync(`${log}.1`, lines(5, 8))
  writeFileSync(log, lines(8, 10))
  const after = openInput(t, folder)
  assert.deepEqual((await after.take(7)).sort(), [...numbers(3, 10)].sort())
  await after.stop()
})

test('a file that was rotated while nobody watched is found again, though nothing of it was read when it was found', async (t) => {
  const { folder, log } = setUp(t)
  const settings = { paths: ['logs/access.log'] }
  writeFileSync(log, lines(0, 10))
  const before = openInput(t, folder, settings)
  assert.deepEqual(await before.take(10), numbers(0, 10))
  await before.stop()
  writeFileSync(`${log}.2.gz`, gzipSync(readFileSync(log)))
  writeFileSync(`${log}.1`, lines(10, 20))
  unlinkSync(log)
  writeFileSync(log, lines(20, 30))
  const between = openInput(t, folder, settings)
  assert.deepEqual((await between.next())?.texts, numbers(20, 30))
  await between.stop()
  const input = openInput(t, folder, settings)
  assert.deepEqual((await input.take(20)).sort(), numbers(10, 30).sort())
  await input.stop()
})

test('a file that was copied and truncated is continued in its copy, and begins anew', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 50))
  const input = openInput(t, folder, { batch: { records: 10 } })
  assert.deepEqual(await input.take(10), numbers(0, 10))
  copyFileSync(log, `${log}.1`)
  truncateSync(log)
  appendFileSync(log, lines(50, 53))
  assert.deepEqual((await input.take(43)).sort(), numbers(10, 53).sort())
  await input.stop()
})

for (const name of ['access.log.old', 'access_old.log', 'access.log.2026-08-20T10:15:00Z', 'access-2026-08-20.log', 'access.log~', 'access.log.1.bak']) {
  test(`a copy below the glob that is called ${name} is no second file: it is read on where the file was truncated`, async (t) => {
    const { folder, log } = setUp(t)
    writeFileSync(log, lines(0, 50))
    const input = openInput(t, folder, { paths: ['logs/*'], batch: { records: 10 } })
    assert.deepEqual(await input.take(10), numbers(0, 10))
    copyFileSync(log, join(folder, 'logs', name))
    truncateSync(log)
    appendFileSync(log, lines(50, 53))
    assert.deepEqual((await input.take(43)).sort(), numbers(10, 53).sort())
    await input.stop()
    assert.equal(input.lost, 0)
  })
}

test('what was written between the copy and the truncation is told with its bytes, as far as it was seen', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 100))
  const input = openInput(t, folder, { batch: { records: 40 } })
  assert.deepEqual(await input.take(40), numbers(0, 40))
  copyFileSync(log, `${log}.1`)
  appendFileSync(log, lines(100, 120))
  await pause(20)
  assert.deepEqual(await input.take(40), numbers(40, 80))
  truncateSync(log)
  assert.deepEqual(await input.take(20), numbers(80, 100))
  const next = input.take(1)
  await until(() => input.lost > 0)
  appendFileSync(log, lines(120, 121))
  assert.deepEqual(await next, numbers(120, 121))
  assert.equal(input.lost, lines(100, 120).length)
  assert.deepEqual(input.told, ['a copy of a file ends before what was seen of the file'])
  await input.stop()
})

test('a file may be copied and truncated while its batches are under way: they are committed, and the rest is read in the copy', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 50))
  const input = openInput(t, folder, { batch: { records: 10 } })
  assert.deepEqual((await input.next())?.texts, numbers(0, 10))
  assert.deepEqual((await input.next())?.texts, numbers(10, 20))
  copyFileSync(log, `${log}.1`)
  truncateSync(log)
  appendFileSync(log, lines(50, 53))
  const texts = [await input.next(), await input.next()].flatMap((batch) => batch?.texts ?? [])
  texts.push(...await input.take(20))
  assert.deepEqual(texts.sort(), numbers(20, 53).sort())
  await input.stop()
  const after = openInput(t, folder, { follow: false })
  assert.deepEqual(await after.take(1), [])
})

test('a file that ends while its last batch is under way is not read twice', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 5))
  const input = openInput(t, folder)
  assert.deepEqual((await input.next())?.texts, numbers(0, 5))
  renameSync(log, `${log}.1`)
  writeFileSync(`${log}.2`, lines(5, 6))
  const between = input.next()
  await pause(150)
  writeFileSync(log, lines(6, 8))
  assert.deepEqual([...(await between)?.texts ?? [], ...await input.take(2)].sort(), numbers(5, 8))
  await input.stop()
})

test('a gzip file is read backwards as often as it takes', async (t) => {
  const { log } = setUp(t)
  const content = lines(0, 40_000)
  writeFileSync(log, gzipSync(content))
  const file = await openContent(log)
  t.after(() => file.close())
  for (const position of [0, content.length - 8, 100, content.length - 8, 0]) {
    const buffer = Buffer.alloc(8)
    assert.equal(await file.read(buffer, position), 8)
    assert.equal(buffer.toString(), content.slice(position, position + 8))
  }
})

test('a file that was compressed while a range of it was pending is read to its end', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 5))
  const before = openInput(t, folder, { batch: { records: 2000 } })
  await before.take(5)
  appendFileSync(log, lines(5, 60_000))
  const pending = await before.next()
  await before.stop()
  writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log)))
  unlinkSync(log)
  writeFileSync(log, lines(60_000, 60_100))
  const after = openInput(t, folder, { batch: { records: 2000 } })
  assert.deepEqual(await after.next(), { ...pending, again: true })
  const rest = await after.take(60_095 - (pending?.texts.length ?? 0))
  assert.deepEqual([...pending?.texts ?? [], ...rest].sort(), numbers(5, 60_100).sort())
  await after.stop()
})

test('a file that was copied, truncated and written again to its old length begins anew at once', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(10, 20))
  const input = openInput(t, folder, { paths: ['logs/access.log'] })
  assert.deepEqual(await input.take(10), numbers(10, 20))
  copyFileSync(log, `${log}.1`)
  truncateSync(log)
  appendFileSync(log, lines(20, 30))
  assert.deepEqual(await input.take(10), numbers(20, 30))
  await input.stop()
})

test('a file that was written again to its old length while the clock of the file system stood still begins anew', async (t) => {
  const { folder, log } = setUp(t)
  // No look comes late enough to trust a time that lies ahead.
  const still = new Date(Date.now() + 86_400_000)
  writeFileSync(log, lines(10, 20))
  utimesSync(log, still, still)
  const input = openInput(t, folder, { paths: ['logs/access.log'] })
  assert.deepEqual(await input.take(10), numbers(10, 20))
  writeFileSync(log, lines(20, 30))
  utimesSync(log, still, still)
  assert.deepEqual(await input.take(10), numbers(20, 30))
  await input.stop()
})

test('a copy in the making is not taken for a new file', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 20))
  const input = openInput(t, folder, { paths: ['logs/access.log*'] })
  assert.deepEqual(await input.take(20), numbers(0, 20))
  writeFileSync(`${log}.1`, lines(0, 10))
  appendFileSync(log, lines(20, 22))
  assert.deepEqual(await input.take(2), numbers(20, 22))
  writeFileSync(`${log}.1`, lines(0, 22) + lines(22, 25))
  truncateSync(log)
  appendFileSync(log, lines(25, 30))
  assert.deepEqual((await input.take(8)).sort(), numbers(22, 30))
  await input.stop()
})

test('a file that was rotated and compressed is continued in the compressed file', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 50))
  const before = openInput(t, folder, { batch: { records: 10 } })
  await before.take(10)
  const pending = await before.next()
  await before.stop()
  writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log)))
  unlinkSync(log)
  writeFileSync(log, lines(50, 55))
  const after = openInput(t, folder, { batch: { records: 10 } })
  assert.deepEqual(await after.next(), { ...pending, again: true })
  await after.commit()
  assert.deepEqual((await after.take(35)).sort(), numbers(20, 55))
  await after.stop()
})

test('a successor that begins with the very same records is read from its start', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 3))
  const input = openInput(t, folder)
  await input.take(3)
  renameSync(log, `${log}.1`)
  writeFileSync(log, lines(0, 3))
  assert.deepEqual(await input.take(3), numbers(0, 3))
  await input.stop()
})

test('what a rotated file ends with is a record even without a line end', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, 'one\ntwo')
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(1), ['one'])
  renameSync(log, `${log}.1`)
  assert.deepEqual(await input.take(1), ['two'])
  await input.stop()
})
