import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { globSync } from 'tinyglobby'
import { buildReference } from '../../docs/build.ts'
import { catalogue } from '../../services/runtime/errors.ts'
import { packageRoot } from '../../services/runtime/package.ts'

const folder = join(packageRoot, 'docs/reference')

test('the committed reference is what the code gives', () => {
  const built = buildReference()
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(built).sort())
  for (const [name, text] of Object.entries(built)) {
    assert.equal(readFileSync(join(folder, name), 'utf8'), text, `${name} is stale: run "npm run docs"`)
  }
})

test('every code of the error catalogue is used somewhere', () => {
  const sources = globSync('services/**/*.ts', { cwd: packageRoot, ignore: 'services/runtime/errors.ts' })
    .map((file) => readFileSync(join(packageRoot, file), 'utf8')).join('\n')
  assert.deepEqual(Object.keys(catalogue).filter((code) => !sources.includes(`'${code}'`) && code !== 'INTERNAL'), [])
})

test('every relative link in the documentation leads to a file', () => {
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: packageRoot })
  assert.ok(pages.length > 4)
  const broken = pages.flatMap((file) => {
    const links = [...readFileSync(join(packageRoot, file), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((found) => found[1] ?? '')
    return links.filter((link) => !existsSync(join(packageRoot, dirname(file), link))).map((link) => `${file}: ${link}`)
  })
  assert.deepEqual(broken, [])
})
