import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { pause } from '../../services/runtime/shutdown.ts'
import { temporaryFolder } from '../folder.ts'
import { gone } from './gone.ts'
import { startCommand } from './run-command.ts'

const folder = temporaryFolder()

test('when the demo is killed, its roles end by themselves', async () => {
  const data = join(folder, 'killed')
  const child = startCommand(['demo', '--data', data])
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
  const urls: string[] = []
  while (urls.length < 3) {
    const { value, done } = await lines.next() as { value: string, done?: boolean }
    assert.notEqual(done, true, 'the demo ended before it told its addresses')
    const found = /^ {2}(?:gateway|metrics|ClickHouse) +(http:\/\/[^/\s]+)/.exec(value)?.[1]
    if (found !== undefined) urls.push(found)
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  for (const url of urls) await gone(url)
  for (const mark of ['store/store.pid', 'state/processor.pid']) while (existsSync(join(data, mark))) await pause(20)
  assert.ok(existsSync(join(data, 'access.ndjson')))
})
