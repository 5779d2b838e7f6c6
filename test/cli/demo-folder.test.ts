/** What the demo does to the folder that it is given. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { prepareFolder } from '../../services/cli/demo/folder.ts'
import { temporaryFolder } from '../folder.ts'

const root = temporaryFolder()

test('what somebody else put into the folder of a demo is kept, what the demo made is removed', () => {
  const data = join(root, 'used')
  prepareFolder(data, false).release()
  writeFileSync(join(data, 'notes.txt'), 'mine')
  writeFileSync(join(data, 'access.ndjson'), 'old')
  mkdirSync(join(data, 'store'))
  prepareFolder(data, true).release()
  assert.deepEqual(readdirSync(data).sort(), ['.gatelens-demo', 'access.ndjson', 'logs', 'notes.txt', 'store'])
  prepareFolder(data, false).release()
  assert.deepEqual(readdirSync(data).sort(), ['.gatelens-demo', 'logs', 'notes.txt'])
})

test('a folder that another demo uses is left alone', () => {
  const data = join(root, 'busy')
  const first = prepareFolder(data, false)
  writeFileSync(join(data, 'access.ndjson'), 'running')
  assert.throws(() => prepareFolder(data, false), { code: 'FOLDER_LOCKED', where: data })
  assert.ok(readdirSync(data).includes('access.ndjson'))
  first.release()
  prepareFolder(data, false).release()
})
