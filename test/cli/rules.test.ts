import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { globSync } from 'tinyglobby'
import { rules } from '../../services/cli/validate/rules.ts'
import { packageRoot } from '../../services/runtime/package.ts'

const textOf = (patterns: string[], ignore: string[] = []): string => globSync(patterns, { cwd: packageRoot, ignore })
  .map((file) => readFileSync(join(packageRoot, file), 'utf8')).join('\n')
const sources = textOf(['normalizer/**/*.ts', 'services/processor/catalog/*.ts'])
/** Rules are named by the readers of Kong's files and by the checks of rule files, too. */
const everything = textOf(['normalizer/**/*.ts', 'services/**/*.ts'], ['services/cli/validate/rules.ts'])

/** Where code names the rule of a finding: `code: '…'`, behind a severity, or as the first argument of what reports one. */
const places = /(?:\bcode: |\bcode = [^'\n]*|'(?:error|warning)', |\b(?:warn|report|finding|problem|of)\((?:[a-z]+, )?)'([a-z]+(?:-[a-z]+)*)'(?: : '([a-z-]+)')?/g

test('every rule that the code names is documented, and every documented rule is named', () => {
  const named = new Set([...sources.matchAll(places)].flatMap(([, first, second]) => [first, second]).filter((code) => code !== undefined))
  // The codes of a schema library, of severities and of Kong's reader, which is told as unreadable, stand in the same places.
  const foreign = new Set(['custom', 'error', 'warning', 'syntax'])
  assert.deepEqual([...named].filter((code) => !foreign.has(code) && !Object.hasOwn(rules, code)).sort(), [])
  assert.deepEqual(Object.keys(rules).filter((code) => !everything.includes(`'${code}'`)), [])
})

test('every rule says in a sentence what it means and what to do', () => {
  for (const [code, { summary, help }] of Object.entries(rules)) {
    assert.match(code, /^[a-z]+(?:-[a-z]+)*$/)
    assert.match(`${summary} ${help}`, /^[A-Z].*\.$/, code)
  }
})
