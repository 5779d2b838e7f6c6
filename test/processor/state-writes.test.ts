import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createStateWriter } from '../../services/processor/state-writes.ts'
import { createLog } from '../../services/runtime/log.ts'
import { makeFolder } from './input/fixture.ts'

const log = createLog('test', 'silent')

test('while the disk is full state is written again and again, and it is told', async (t) => {
  const path = join(makeFolder(t), 'state')
  const shown: boolean[] = []
  const signal = new AbortController().signal
  let target = '/dev/full'
  const state = (_what: string, isWritable: boolean): void => {
    shown.push(isWritable)
    target = path
  }
  const write = createStateWriter('the checkpoint', { readiness: { state }, log, signal })
  assert.equal(await write(() => writeFile(target, 'position')), true)
  assert.equal(readFileSync(path, 'utf8'), 'position')
  assert.deepEqual(shown, [false, true])
})

test('a full disk does not keep the process from ending', async () => {
  const stopping = new AbortController()
  const write = createStateWriter('the checkpoint', { readiness: { state: () => stopping.abort() }, log, signal: stopping.signal })
  assert.equal(await write(() => writeFile('/dev/full', 'position')), false)
})

test('what will not pass by itself is thrown', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const write = createStateWriter('the checkpoint', { readiness: { state: assert.fail }, log, signal: new AbortController().signal })
  await assert.rejects(write(() => writeFile(join(folder, 'file', 'state'), 'position')), { code: 'ENOTDIR' })
})
