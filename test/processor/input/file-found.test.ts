/** What the file input finds, at its start, of files that were moved, compressed or replaced while nobody watched. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { lines, numbers, openInput, setUp, until } from './fixture.ts'

for (const place of ['logs/old/access.log.1', 'archive/access.log-20260820']) {
  test(`a file that was moved to ${place} while nobody watched is read to its end`, async (t) => {
    const { folder, log } = setUp(t)
    await readTen(t, folder, log)
    mkdirSync(dirname(join(folder, place)), { recursive: true })
    renameSync(log, join(folder, place))
    writeFileSync(log, lines(50, 55))
    const input = openInput(t, folder)
    assert.deepEqual((await input.take(45)).sort(), numbers(10, 55).sort())
    await input.stop()
  })
}

test('a file that was moved far away and compressed is found where the configuration says', async (t) => {
  const { folder, log } = setUp(t)
  await readTen(t, folder, log)
  mkdirSync(join(folder, 'far/away/from/here'), { recursive: true })
  writeFileSync(join(folder, 'far/away/from/here/access.log.1.gz'), gzipSync(readFileSync(log)))
  unlinkSync(log)
  writeFileSync(log, lines(50, 55))
  const input = openInput(t, folder, { rotated: ['far/**/*.gz'] })
  assert.deepEqual((await input.take(45)).sort(), numbers(10, 55).sort())
  await input.stop()
})

test('a link that was switched to another file while nobody watched leaves nothing of the old one unread', async (t) => {
  const { folder, log } = setUp(t)
  mkdirSync(join(folder, 'data/today'), { recursive: true })
  const target = (day: number): string => join(folder, `data/today/access-2026-08-${day}.log`)
  symlinkSync(target(20), log)
  await readTen(t, folder, log)
  appendFileSync(target(20), lines(50, 60))
  writeFileSync(target(21), lines(60, 70))
  writeFileSync(target(22), lines(70, 80))
  unlinkSync(log)
  symlinkSync(target(22), log)
  const input = openInput(t, folder)
  assert.deepEqual((await input.take(70)).sort(), numbers(10, 80).sort())
  await input.stop()
})

test('a file that was replaced by a shorter one is given up with a warning and the number of its bytes', async (t) => {
  const { folder, log } = setUp(t)
  await readTen(t, folder, log)
  writeFileSync(log, lines(50, 55))
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(5), numbers(50, 55))
  const next = input.take(1)
  await until(() => input.lost > 0)
  appendFileSync(log, lines(55, 56))
  assert.deepEqual(await next, numbers(55, 56))
  assert.equal(input.lost, lines(10, 50).length)
  assert.equal(input.told.filter((line) => line.startsWith('the rest of a file is not found')).length, 1)
  await input.stop()
})

/** Writes fifty records, of which an input reads ten before it stops. */
async function readTen (t: TestContext, folder: string, log: string): Promise<void> {
  writeFileSync(log, lines(0, 50))
  const input = openInput(t, folder, { batch: { records: 10 } })
  await input.take(10)
  await input.stop()
}
