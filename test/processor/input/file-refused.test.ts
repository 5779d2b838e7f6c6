/** What the file input does while the system refuses to open, to read or to look at its files. */
import assert from 'node:assert/strict'
import type { BigIntStats } from 'node:fs'
import { appendFileSync, chmodSync, chownSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { lines, numbers, openInput, setUp, until } from './fixture.ts'

test('a disk that does not read is said once, keeps its lag and ends nothing; other files go on meanwhile', async (t) => {
  const { folder, log } = setUp(t)
  const other = join(folder, 'logs', 'other.log')
  writeFileSync(log, lines(0, 10))
  writeFileSync(other, lines(100, 110))
  const disk = await faultyDisk(t)
  const input = openInput(t, folder)
  assert.equal((await input.take(20)).length, 20)
  disk.refuse(log, 'EIO')
  appendFileSync(log, lines(10, 20))
  const next = input.take(1)
  await until(() => input.unreadable === 1)
  appendFileSync(other, lines(110, 111))
  assert.deepEqual(await next, numbers(110, 111))
  const last = input.take(10)
  await until(() => disk.refused > 2)
  assert.equal(input.lag, lines(10, 20).length)
  assert.equal(input.told.filter((line) => line.startsWith('an input file cannot be read')).length, 1)
  disk.refuse(log, undefined)
  assert.deepEqual(await last, numbers(10, 20))
  const end = input.next()
  await until(() => input.unreadable === 0)
  await input.stop()
  assert.equal(await end, undefined)
})

test('records before a place that cannot be read are read, and those behind it once it can', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 1000))
  const disk = await faultyDisk(t)
  disk.refuse(log, 'EIO', lines(0, 500).length + 5)
  const input = openInput(t, folder)
  assert.deepEqual(await input.take(500), numbers(0, 500))
  const rest = input.take(500)
  await until(() => input.unreadable === 1)
  disk.refuse(log, undefined)
  assert.deepEqual(await rest, numbers(500, 1000))
  await input.stop()
})

test('a range that is pending comes again whole once its file can be read', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 10))
  const before = openInput(t, folder)
  const pending = await before.next()
  await before.stop()
  const disk = await faultyDisk(t)
  disk.refuse(log, 'EIO')
  appendFileSync(log, lines(10, 20))
  const input = openInput(t, folder)
  const next = input.next()
  await until(() => input.unreadable === 1)
  disk.refuse(log, undefined)
  assert.deepEqual(await next, { ...pending, again: true })
  await input.commit()
  assert.deepEqual(await input.take(10), numbers(10, 20))
  await input.stop()
})

test('a gzip file that cannot be read in its middle is no broken one', async (t) => {
  const { folder } = setUp(t)
  const log = join(folder, 'logs', 'old.log')
  const content = Array.from({ length: 200_000 }, (_, index) => `${index} ${Math.sin(index)}\n`).join('')
  writeFileSync(log, gzipSync(content))
  const disk = await faultyDisk(t)
  disk.refuse(log, 'EIO', 600_000)
  const input = openInput(t, folder)
  const all = input.take(200_000)
  await until(() => input.unreadable === 1)
  disk.refuse(log, undefined)
  assert.equal(`${(await all).join('\n')}\n`, content)
  await input.stop()
})

for (const moved of [false, true]) {
  test(`a file that a server forgot is opened anew${moved ? ' where it was moved to, and so is its successor' : ''}`, async (t) => {
    const { folder, log } = setUp(t)
    writeFileSync(log, lines(0, 10))
    const disk = await faultyDisk(t)
    const input = openInput(t, folder)
    assert.deepEqual(await input.take(10), numbers(0, 10))
    disk.forget()
    appendFileSync(log, lines(10, 20))
    if (moved) renameSync(log, `${log}.1`)
    if (moved) writeFileSync(log, lines(20, 30))
    assert.deepEqual((await input.take(moved ? 20 : 10)).sort(), numbers(10, moved ? 30 : 20))
    await input.stop()
  })
}

for (const [what, path, mode] of [['file', 'logs/access.log', 0o644], ['folder', 'logs', 0o755]] as const) {
  for (const paths of [['logs/*.log'], ['logs/access.log']]) {
    test(`a ${what} that may not be read for a while loses nothing and doubles nothing, at ${paths[0]}`, async (t) => {
      const { folder, log } = setUp(t)
      writeFileSync(log, lines(0, 10))
      asNobody(t, folder)
      const settings = { paths, rotation_grace: '1ms' }
      const before = openInput(t, folder, settings)
      assert.deepEqual(await before.take(10), numbers(0, 10))
      await withoutRights(join(folder, path), mode, async () => {
        await before.stop()
        const input = openInput(t, folder, settings)
        const next = input.next()
        await until(() => input.unreadable > 0)
        await input.stop()
        assert.equal(await next, undefined)
        assert.equal(input.lost, 0)
      })
      appendFileSync(log, lines(10, 20))
      const after = openInput(t, folder, settings)
      assert.deepEqual(await after.take(10), numbers(10, 20))
      await after.stop()
    })

    test(`while the input is up, a ${what} may lose its rights and get them back, at ${paths[0]}`, async (t) => {
      const { folder, log } = setUp(t)
      writeFileSync(log, lines(0, 10))
      asNobody(t, folder)
      const input = openInput(t, folder, { paths, rotation_grace: '1ms' })
      assert.deepEqual(await input.take(10), numbers(0, 10))
      const next = input.take(10)
      await withoutRights(join(folder, path), mode, () => input.settle())
      appendFileSync(log, lines(10, 20))
      assert.deepEqual(await next, numbers(10, 20))
      await input.stop()
      const last = openInput(t, folder, { follow: false })
      assert.deepEqual(await last.take(1), [])
    })
  }
}

test('a file that is not waited for and cannot be read is an error', async (t) => {
  const { folder, log } = setUp(t)
  writeFileSync(log, lines(0, 10))
  const disk = await faultyDisk(t)
  disk.refuse(log, 'EIO')
  await assert.rejects(openInput(t, folder, { follow: false }).next(), { code: 'INPUT_UNREADABLE', message: /EIO/ })
})

interface Disk {
  /** Reads of this file fail from a position on, until `code` is undefined. */
  refuse (path: string, code: string | undefined, from?: number): void
  /** Whoever has a file open now is refused for ever; who opens it later reads it. */
  forget (): void
  refused: number
}

/** Errors of a disk or a file server, between the input and the real files: nothing else can make them on every machine. */
async function faultyDisk (t: TestContext): Promise<Disk> {
  const handle = await open(import.meta.filename)
  const real = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const read = real.read as (this: FileHandle, ...to: [Buffer, number, number, number]) => ReturnType<FileHandle['read']>
  const stat = real.stat as (this: FileHandle, options: { bigint: true }) => Promise<BigIntStats>
  const used = new Set<FileHandle>()
  const forgotten = new Set<FileHandle>()
  const faults = new Map<bigint, { code: string, from: number }>()
  const inodeOf = async (handle: FileHandle): Promise<bigint> => (await stat.call(handle, { bigint: true })).ino
  const refuse = (code: string): never => {
    disk.refused++
    throw Object.assign(new Error(`${code}: refused`), { code })
  }
  const disk: Disk = {
    refused: 0,
    refuse: (path, code, from = 0) => {
      const { ino } = statSync(path, { bigint: true })
      if (code === undefined) faults.delete(ino)
      else faults.set(ino, { code, from })
    },
    forget: () => { for (const handle of used) forgotten.add(handle) },
  }
  real.read = async function (this: FileHandle, buffer: Buffer, offset: number, length: number, position: number) {
    used.add(this)
    if (forgotten.has(this)) refuse('ESTALE')
    const fault = faults.get(await inodeOf(this))
    const readable = fault === undefined ? length : Math.min(length, fault.from - position)
    if (fault !== undefined && readable <= 0) refuse(fault.code)
    return await read.call(this, buffer, offset, readable, position)
  } as FileHandle['read']
  real.stat = async function (this: FileHandle, options: { bigint: true }) {
    return forgotten.has(this) ? refuse('ESTALE') : await stat.call(this, options)
  } as FileHandle['stat']
  t.after(() => { Object.assign(real, { read, stat }) })
  return disk
}

/** Rights bind nobody who is root: the rest of the test is done by a user who has the folder, and nothing else. */
function asNobody (t: TestContext, folder: string): void {
  if (process.getuid?.() !== 0) return
  const nobody = 65_534
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) chownSync(join(folder, path), nobody, nobody)
  process.seteuid?.(nobody)
  t.after(() => process.seteuid?.(0))
}

async function withoutRights (path: string, mode: number, work: () => Promise<void>): Promise<void> {
  chmodSync(path, 0)
  await work().finally(() => chmodSync(path, mode))
}
