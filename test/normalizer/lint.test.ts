/** Golden cases of everything that is found odd in a catalog: configuration as in the cases of the normalizer, a remark, findings. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { compile, lintCatalog } from '../../normalizer/index.ts'
import type { Problem } from '../../normalizer/index.ts'
import { rules } from '../../services/cli/validate/rules.ts'
import { expectCase, readCases } from '../case.ts'
import { compileOptions, readApis } from './declared.ts'
import type { Declarations } from './declared.ts'

const cases = readCases('lint')

for (const item of cases) {
  test(item.name, () => {
    const config = parse(item.config) as Declarations
    const apis = readApis(config)
    const options = compileOptions(config)
    const problems = [...compile(apis, options).problems, ...lintCatalog(apis, options)]
    expectCase(item, problems.length === 0 ? 'good' : problems.map(print).join('\n'))
  })
}

test('every rule about API documents and gateway routes has a case', () => {
  const subjects = new Set(['paths', 'parameters', 'operations', 'servers', 'documents'])
  const fromFiles = new Set(['unreadable', 'fetch', 'not-read-yet', 'too-large', 'not-openapi', 'several-documents', 'not-followed', 'repeated-key'])
  const wanted = Object.entries(rules).filter(([code, { about }]) => subjects.has(about) && !fromFiles.has(code)).map(([code]) => code)
  const expected = cases.map((item) => item.expected).join('\n')
  assert.deepEqual([...wanted, 'no-gateway-route', 'unsupported-pattern'].filter((code) => !expected.includes(`[${code}]`)), [])
})

function print ({ severity, code, source, where = '', message }: Problem): string {
  return `${source}${where} ${severity}[${code}]\n    ${message}`
}
