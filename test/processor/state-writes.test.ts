import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createStateWriter } from '../../services/processor/state-writes.ts'
import { createLog } from '../../services/runtime/log.ts'
import { makeFolder } from './input/fixture.ts'

const log = createLog('test', 'silent')

test('while the disk is full state is written again and again, and the gauge says so', async (t) => {
  const path = join(makeFolder(t), 'state')
  const shown: number[] = []
  const signal = new AbortController().signal
  let target = '/dev/full'
  const set = (_name: string, _labels: Record<string, string>, value: number): void => {
    shown.push(value)
    target = path
  }
  const write = createStateWriter('the checkpoint', { telemetry: { set }, log, signal })
  assert.equal(await write(() => writeFile(target, 'position')), true)
  assert.equal(readFileSync(path, 'utf8'), 'position')
  assert.deepEqual(shown, [0, 1])
})

test('a full disk does not keep the process from ending', async () => {
  const stopping = new AbortController()
  const write = createStateWriter('the checkpoint', { telemetry: { set: () => stopping.abort() }, log, signal: stopping.signal })
  assert.equal(await write(() => writeFile('/dev/full', 'position')), false)
})

test('what will not pass by itself is thrown', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const write = createStateWriter('the checkpoint', { telemetry: { set: assert.fail }, log, signal: new AbortController().signal })
  await assert.rejects(write(() => writeFile(join(folder, 'file', 'state'), 'position')), { code: 'ENOTDIR' })
})
