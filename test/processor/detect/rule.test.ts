import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileRule } from '../../../services/processor/detect/compile-rule.ts'
import { ruleSchema, rulesFileSchema } from '../../../services/processor/detect/rule.ts'
import type { Rule } from '../../../services/processor/detect/rule.ts'
import { loadConfig, parseConfig } from '../../../services/runtime/config.ts'
import { GatelensError } from '../../../services/runtime/errors.ts'
import { packageRoot } from '../../../services/runtime/package.ts'

const quota = { name: 'quota', measure: 'requests', by: ['partner'], over: '1d', above: 'partner.quota.daily' }
const slow = { name: 'slow', measure: 'p95', by: ['service'], over: '5m', above: 500 }

function messages (...rules: object[]): string {
  const text = JSON.stringify({ rules })
  try {
    parseConfig({ path: 'rules.yaml', text }, rulesFileSchema)
    return ''
  } catch (error) {
    assert.ok(error instanceof GatelensError && error.code === 'CONFIG_INVALID')
    return error.message
  }
}

test('the example rules are valid', () => {
  assert.ok(loadConfig(join(packageRoot, 'examples/rules.yaml'), rulesFileSchema).rules.length > 3)
})

test('a rule has defaults for what most rules do not need', () => {
  assert.deepEqual(ruleSchema.parse(slow), {
    ...slow, over: 300_000, description: '', where: {}, severity: 'warning', for: 0, min_requests: 1,
  })
})

for (const [name, rule, expected] of [
  ['an unknown key', { ...slow, treshold: 1 }, 'rules[0].treshold: unknown key; known keys: '],
  ['an unknown measure', { ...slow, measure: 'p96' }, 'rules[0].measure: '],
  ['an unknown subject', { ...slow, by: ['host'] }, 'rules[0].by[0]: '],
  ['a subject twice', { ...slow, by: ['service', 'service'] }, 'rules[0].by: rule "slow": the same key stands twice'],
  ['a window under a minute', { ...slow, over: '30s' }, 'rules[0].over: rule "slow": the window must be whole minutes, 1m or more (or month)'],
  ['a window of broken minutes', { ...slow, over: '90s' }, 'rules[0].over: rule "slow": the window must be whole minutes'],
  ['a window that is no duration', { ...slow, over: 'soon' }, 'rules[0].over: '],
  ['"of" without a percentile', { ...slow, measure: 'errors', of: 'upstream' }, 'rules[0].of: rule "slow": only p50, p95 and p99 are "of" something'],
  ['a ratio in percent', { ...slow, measure: 'error_ratio', above: 5 }, 'rules[0].above: rule "slow": a ratio is 0 to 1'],
  ['an unknown quota', { ...quota, above: 'partner.quota.weekly' }, 'rules[0].above: above is a number or one of partner.quota.minute'],
  ['a quota of something else than requests', { ...quota, measure: 'bytes' }, 'rules[0].measure: rule "quota": partner.quota.daily counts requests'],
  ['a quota of somebody else than the partner', { ...quota, by: ['partner', 'service'] }, 'rules[0].by: rule "quota": partner.quota.daily belongs to one partner'],
  ['a quota in the wrong window', { ...quota, over: '1h' }, 'rules[0].over: rule "quota": partner.quota.daily counts per UTC calendar window: over must be 1d'],
  ['a name that is none', { ...slow, name: 'a rule' }, 'rules[0].name: a rule name is'],
] as const) {
  test(`${name} is refused, naming rule and key`, () => {
    assert.ok(messages(rule).startsWith(expected), messages(rule))
  })
}

test('two rules of one name are refused', () => {
  assert.equal(messages(slow, { ...slow, above: 900 }), 'rules[1].name: rule "slow": this name is taken; names must be unique')
})

test('a rule made in code is checked as well', () => {
  const rule: Rule = { ...ruleSchema.parse(quota), over: 60_000 }
  assert.throws(() => compileRule(rule, 'gatelens'), (error) => error instanceof GatelensError && error.code === 'RULE_INVALID' &&
    error.where === 'rule "quota": over')
})

test('days and months are read from the hours, everything else from the minutes', () => {
  const query = (over: string): string => compileRule(ruleSchema.parse({ ...slow, over }), 'db').points({ from: 0, to: 1 }, 1)?.query ?? ''
  for (const over of ['1d', '7d', '1w', 'month']) assert.match(query(over), /requests_1h/)
  for (const over of ['1m', '1h', '36h']) assert.match(query(over), /requests_1m/)
})

test('values are parameters and never text; partner names in the table of quotas are quoted', () => {
  const compiled = compileRule(ruleSchema.parse({ ...quota, where: { service: "a' OR 1 --" } }), 'db')
  const statement = compiled.points({ from: 0, to: 86_400_000 }, new Map([["x' OR '\\", 5]]))
  assert.doesNotMatch(statement?.query ?? '', /OR 1/)
  assert.equal(statement?.params.where_service, "a' OR 1 --")
  assert.ok(statement?.query.includes("['x\\' OR \\'\\\\']"))
  assert.equal(compiled.points({ from: 0, to: 1 }, new Map()), undefined, 'nobody has this quota')
})
