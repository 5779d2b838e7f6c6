import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from './folder.ts'
import { sourceFolder } from './built.ts'
import { entryOf, groupFiles, longest, longestFirst, ownProcess } from './groups.ts'

/** Writes files below a new folder, as they are built, and gives the folder. */
function write (texts: Record<string, string>): string {
  const root = temporaryFolder()
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

test('files that leave their process as it was share one with those of their folder', () => {
  const root = write({ 'a/1.js': '', 'a/b/2.js': '', 'a/own.js': 'process.chdir("/")', 'c/3.js': '', 'top.js': '' })
  const paths = (names: string[]): string[] => names.map((name) => join(root, name))
  const groups = groupFiles(root, paths(['a/1.js', 'a/b/2.js', 'a/own.js', 'c/3.js', 'top.js']))
  assert.deepEqual(Object.fromEntries(groups), {
    a: paths(['a/1.js', 'a/b/2.js']), [join(root, 'a/own.js')]: paths(['a/own.js']), c: paths(['c/3.js']), [join(root, 'top.js')]: paths(['top.js']),
  })
})

test('what would be noticed by others, in the file or in what it loads of the tests, takes a process of its own', () => {
  const word = 'process'
  const noticed = [
    "import { spawn } from 'node:child_process'", "import {\n  fork,\n} from 'node:child_process'", 'await startStore({})', 'let a\nbefore(() => {})',
    `${word}.env.TZ = 'UTC'`, `const { A } = ${word}.env`, `${word}.exitCode = 1`, `${word}.memoryUsage()`, 'global' + 'This.a = 1',
  ]
  for (const text of noticed) {
    const root = write({ 'x.test.js': 'import { a } from "./y.js"', 'y.js': 'export {\n  a,\n} from "../f/z.js"', 'f/z.js': text })
    assert.equal(ownProcess(root, join(root, 'x.test.js')), undefined, 'outside of the folder')
    writeFileSync(join(root, 'y.js'), 'export {\n  a,\n} from "./f/z.js"')
    assert.match(ownProcess(root, join(root, 'x.test.js')) ?? '', /^f\/z\.js /, text)
  }
  const unnoticed = ["test('a', (t) => { t.after(() => {}) })", `if (${word}.env.GATELENS_UPDATE === '1') {}`, 'import { test } from "node:test"']
  for (const text of unnoticed) {
    const root = write({ 'a.js': text })
    assert.equal(ownProcess(root, join(root, 'a.js')), undefined, text)
  }
})

test('the files that take longest start first, and are there', () => {
  const [first = '', second = ''] = longest
  const files = ['a.test.js', `${second}.test.js`, `${first}.test.js`].map((path) => join('/root', path))
  assert.deepEqual(longestFirst('/root', files), [files[2], files[1], files[0]])
  assert.deepEqual(longest.filter((name) => !existsSync(join(sourceFolder(import.meta.dirname), `${name}.test.ts`))), [])
})

test('an entry runs the tests of its files in turn, and a file that cannot be loaded is a failed test', () => {
  const passing = (name: string): string => `import { test } from 'node:test'\ntest('${name}', () => {})\n`
  const root = write({ 'package.json': '{ "type": "module" }', 'a/1.js': passing('one'), 'a/2.js': 'nonsense', 'a/b/3.js': passing('three'), 'together/a.js': '' })
  const entry = join(root, 'together/a.js')
  writeFileSync(entry, entryOf(root, entry, ['a/1.js', 'a/2.js', 'a/b/3.js'].map((path) => join(root, path))))
  const { stdout, status } = spawnSync(process.execPath, ['--test-reporter=tap', entry], { env: {}, encoding: 'utf8' })
  assert.deepEqual(stdout.match(/^(?:not )?ok .*$/gm), ['ok 1 - one', 'not ok 2 - a/2.js', 'ok 3 - three'])
  assert.match(stdout, /nonsense is not defined/)
  assert.equal(status, 1)
})
