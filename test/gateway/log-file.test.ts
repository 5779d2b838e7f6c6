import assert from 'node:assert/strict'
import { readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { GatelensError } from '../../services/runtime/errors.ts'
import { LogFile } from '../../services/gateway/log-file.ts'
import { temporaryFolder } from '../folder.ts'
import { until } from '../until.ts'

const log = pino({ level: 'silent' })

test('lines land whole and in order, and only the owner and the group can read them', async () => {
  const path = join(temporaryFolder(), 'access.log')
  const file = new LogFile({ path, reopen: false, log })
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ${'é'.repeat(index % 50)}`)
  for (const line of lines) file.write(line)
  await file.close()
  assert.deepEqual(readFileSync(path, 'utf8').trimEnd().split('\n'), lines)
  assert.equal(statSync(path).mode & 0o007, 0)
  assert.deepEqual(file.stats(), { path, written: 20_000, dropped: 0, waiting: 0 })
})

test('an existing log is appended to', async () => {
  const path = join(temporaryFolder(), 'access.log')
  for (const line of ['one', 'two']) {
    const file = new LogFile({ path, reopen: false, log })
    file.write(line)
    await file.close()
  }
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n')
})

test('past the bound lines are dropped and counted, and nothing else is lost', async () => {
  const path = join(temporaryFolder(), 'access.log')
  const file = new LogFile({ path, reopen: false, log, bound: 100_000 })
  for (let index = 0; index < 2000; index++) file.write('x'.repeat(99))
  const { dropped } = file.stats()
  assert.ok(dropped > 0)
  await file.close()
  assert.equal(readFileSync(path, 'utf8').split('\n').length - 1 + dropped, 2000)
})

test('with reopen a rotated log is followed', async () => {
  const path = join(temporaryFolder(), 'access.log')
  const file = new LogFile({ path, reopen: true, log })
  file.write('before')
  await until(() => statSync(path).size > 0)
  renameSync(path, `${path}.1`)
  await until(() => statSync(path, { throwIfNoEntry: false }) !== undefined)
  file.write('after')
  await file.close()
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'before\n')
  assert.equal(readFileSync(path, 'utf8'), 'after\n')
})

test('a log that cannot be opened is an error at start that names the path', () => {
  const path = join(temporaryFolder(), 'missing', 'access.log')
  assert.throws(() => new LogFile({ path, reopen: false, log }), (error) => error instanceof GatelensError &&
    error.code === 'FOLDER_UNUSABLE' && error.where === path)
  const plain = join(temporaryFolder(), 'access.log')
  const file = new LogFile({ path: plain, reopen: false, log })
  assert.throws(() => new LogFile({ path: join(plain, 'x'), reopen: false, log }), GatelensError)
  return file.close()
})
