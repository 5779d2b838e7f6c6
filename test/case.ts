/**
 * Golden cases: `test/cases/<stage>/<name>/*.case` holds configuration, input and expected result, separated by lines
 * of ten hyphens. Run the suite with GATELENS_UPDATE=1 to write what the code now gives, then read the diff.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { globSync } from 'tinyglobby'
import { sourceFolder } from './built.ts'

const root = join(sourceFolder(import.meta.dirname), 'cases')
const separator = '\n----------\n'

export interface Case {
  /** Path below test/cases, without the ending: the name of the test. */
  name: string
  path: string
  config: string
  input: string
  expected: string
}

/** All cases below `test/cases/<folder>`, in the order of their names. */
export function readCases (folder: string): Case[] {
  return globSync('**/*.case', { cwd: join(root, folder), absolute: true }).sort().map(readCase)
}

/** Asserts that the case gives exactly `actual` (text, compared without trailing white space). */
export function expectCase (item: Case, actual: string): void {
  if (process.env.GATELENS_UPDATE === '1') {
    writeFileSync(item.path, [item.config, item.input, `${actual.trimEnd()}\n`].join(separator))
    return
  }
  assert.equal(actual.trimEnd(), item.expected.trimEnd(), item.name)
}

function readCase (path: string): Case {
  const parts = readFileSync(path, 'utf8').split(separator)
  const [config, input, expected = ''] = parts
  if (config === undefined || input === undefined) throw new Error(`${path}: a case has configuration, ----------, input, ----------, expected`)
  return { name: relative(root, path).replace(/\.case$/, ''), path, config, input, expected }
}
