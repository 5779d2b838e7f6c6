import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import * as library from '../../normalizer/index.ts'
import { packageRoot } from '../../services/runtime/package.ts'

const guide = readFileSync(join(packageRoot, 'docs/normalizer.md'), 'utf8')
const code = /```ts\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''

test('the first example of the normalizer\'s guide does what its comment says', () => {
  const { match } = runExample()
  const [, route] = /match\.route \/\/ '(.*)'/.exec(code) ?? []
  assert.equal(match.route, route)
})

test('every request in the normalizer\'s guide resolves as written there', () => {
  const { normalizer } = runExample()
  const rows = tableRows(4)
  assert.ok(rows.length > 20)
  for (const [request = '', outcome, template, parameters] of rows) {
    const [method = '', path = ''] = bare(request).split(' ')
    const match = normalizer.match({ method, path })
    const values = Object.entries(normalizer.params({ method, path }, match)).map(([name, value]) => `${name}=${value}`).join(' ')
    const found = outcome === 'method_not_declared' || match.endpoint !== undefined ? match.endpoint?.template : ''
    assert.deepEqual([match.outcome, found, values], [outcome, bare(template ?? ''), parameters], request)
  }
})

test('every inferred path in the normalizer\'s guide is inferred so', () => {
  const rows = tableRows(2).filter(([path]) => path?.startsWith('`/'))
  assert.ok(rows.length > 3)
  for (const [path = '', inferred = ''] of rows) assert.equal(library.inferRoute(bare(path)), bare(inferred))
})

test('every function in the normalizer\'s guide is exported or a member of a normalizer', () => {
  const names = [...guide.matchAll(/^\| `(\w+)\(/gm)].map((found) => found[1] ?? '')
  assert.ok(names.length > 7)
  const members = library.compile([])
  for (const name of names) assert.ok(name in library || name in members, name)
})

function runExample (): { match: library.Match, normalizer: library.Normalizer } {
  const body = code.replace(/^import.*$/m, '').replace(/^match\.route.*$/m, '')
  return runInNewContext(`${body}; ({ match, normalizer })`, { ...library })
}

/** Rows with that many cells, headings and rules left out. */
function tableRows (cells: number): string[][] {
  return guide.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()))
    .filter((row) => row.length === cells)
}

function bare (cell: string): string {
  return cell.replaceAll('`', '')
}
