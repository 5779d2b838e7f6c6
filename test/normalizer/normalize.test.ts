import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { compile } from '../../normalizer/index.ts'
import type { Match, MatchRequest, Normalizer } from '../../normalizer/index.ts'
import { expectCase, readCases } from '../case.ts'
import { compileOptions, readApis } from './declared.ts'
import type { Declarations } from './declared.ts'

/** Configuration of a case; `problems` also shows what compiling found odd. */
interface Config extends Declarations { problems?: boolean }

const cases = readCases('normalize')

test('every rule has cases', () => {
  const rules = new Set(cases.map(({ name }) => name.split('/')[1]))
  assert.ok(rules.size >= 9, [...rules].join(', '))
})

for (const item of cases) {
  test(item.name, () => {
    const config = parse(item.config) as Config
    const normalizer = compile(readApis(config), compileOptions(config))
    const lines = item.input.split('\n').filter((line) => line.trim() !== '')
    const problems = normalizer.problems.map((problem) => `${problem.severity} ${problem.code} ${problem.source}${problem.where ?? ''}`)
    expectCase(item, [...lines.map((line) => answer(normalizer, line)), ...config.problems === true ? problems : []].join('\n'))
  })
}

/** `METHOD target key=value…` → the same line, then what the normalizer says of it. */
function answer (normalizer: Normalizer, line: string): string {
  const [method = '', path = '', ...rest] = line.split(' ')
  const target = path.replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  const request = { method, path: target, ...Object.fromEntries(rest.map((pair) => pair.split('='))) } as MatchRequest
  const match = normalizer.match(request)
  return `${line}\n    ${describe(match, normalizer.params(request, match))}${match.outcome === 'unmatched' ? ` inferred ${normalizer.infer(target)}` : ''}`
}

function describe (match: Match, params: Record<string, string>): string {
  const { endpoint } = match
  const notes = [match.tag, match.stripped && 'stripped', match.slash && 'slash', match.sameShape && 'same-shape'].filter((note) => note !== '' && note !== false)
  const values = Object.entries(params).map(([name, value]) => `${name}=${value}`)
  const found = endpoint === undefined ? [] : [match.route, `key=${endpoint.template}`, `of ${endpoint.service}`, `by ${match.scope}`]
  return [match.outcome, ...found, ...notes.map((note) => `+${String(note)}`), ...values].join(' ')
}
