import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { compile, readKong, readOpenApi } from '../../normalizer/index.ts'
import type { Match, MatchRequest, Normalizer } from '../../normalizer/index.ts'
import { expectCase, readCases } from '../case.ts'

/** Configuration of a case: documents in short (`operations: [GET /users]`) or whole (`document`), and a kong.yml. */
interface Config { apis?: ApiConfig[], kong?: unknown, problems?: boolean }
interface ApiConfig { service?: string, source?: string, servers?: unknown, operations?: string[], document?: unknown }

const cases = readCases('normalize')

test('every rule has cases', () => {
  const rules = new Set(cases.map(({ name }) => name.split('/')[1]))
  assert.ok(rules.size >= 9, [...rules].join(', '))
})

for (const item of cases) {
  test(item.name, () => {
    const config = parse(item.config) as Config
    const normalizer = compileConfig(config)
    const lines = item.input.split('\n').filter((line) => line.trim() !== '')
    const problems = normalizer.problems.map((problem) => `${problem.severity} ${problem.code} ${problem.source}${problem.where ?? ''}`)
    expectCase(item, [...lines.map((line) => answer(normalizer, line)), ...config.problems === true ? problems : []].join('\n'))
  })
}

function compileConfig (config: Config): Normalizer {
  const apis = (config.apis ?? []).map((api, index) =>
    readOpenApi(api.document ?? shortDocument(api), { service: api.service ?? 'service', source: api.source ?? `${index}.yaml` }))
  return compile(apis, config.kong === undefined ? {} : { gateway: readKong(config.kong, { source: 'kong.yml' }).gateway })
}

function shortDocument ({ servers, operations = [] }: ApiConfig): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const space = operation.indexOf(' ')
    const key = operation.slice(space + 1)
    const names = [...key.matchAll(/\{[^A-Za-z]*([^{}+*=]*)[^{}]*\}/g)].map((match) => match[1])
    const item = (paths[key] ??= { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: {} })) })
    if (space > 0) item[operation.slice(0, space).toLowerCase()] = { operationId: operation, responses: { 200: {} } }
  }
  return { openapi: '3.1.0', info: { title: 'Test', version: '1' }, servers, paths }
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
