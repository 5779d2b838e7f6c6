import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { compileRule } from '../../services/processor/detect/compile-rule.ts'
import type { Rule } from '../../services/processor/detect/rule.ts'
import { readRules, RulesWatch } from '../../services/processor/rules.ts'
import { temporaryFolder } from '../folder.ts'

interface Line { msg: string, reason?: string, rules?: string[] }
interface Fixture { watch: RulesWatch, write: (...rules: object[]) => void, path: string, used: Rule[][], log: Line[] }

const flood = { name: 'flood', measure: 'requests', over: '1m', above: 10 }

/** A rules file that is looked at when the test says so. */
function fixture (): Fixture {
  const folder = temporaryFolder()
  const path = join(folder, 'rules.yaml')
  const write = (...rules: object[]): void => { writeFileSync(path, JSON.stringify({ rules })) }
  const used: Rule[][] = []
  const log: Fixture['log'] = []
  write(flood)
  const read = (): Rule[] => readRules('rules.yaml', folder)
  const watch = new RulesWatch({
    rules: read(),
    read,
    use: (rules) => {
      for (const rule of rules) compileRule(rule, 'gatelens')
      used.push([...rules])
    },
    log: pino({ base: undefined }, { write: (line: string) => { log.push(JSON.parse(line)) } }),
    interval: 1000,
    signal: new AbortController().signal,
  })
  return { watch, write, path, used, log }
}

test('rules that are as before are not put into use again', () => {
  const { watch, write, used, log } = fixture()
  watch.look()
  write({ ...flood, severity: 'warning' })
  watch.look()
  assert.deepEqual([used, log], [[], []])
})

test('other rules are put into use, with a line in the log', () => {
  const { watch, write, used, log } = fixture()
  write({ ...flood, above: 20 }, { ...flood, name: 'second' })
  watch.look()
  watch.look()
  assert.deepEqual(used.map((rules) => rules.map(({ name, above }) => `${name} ${String(above)}`)), [['flood 20', 'second 10']])
  assert.deepEqual(log.map(({ msg, rules }) => [msg, rules]), [['other rules are in use', ['flood', 'second']]])
})

for (const [name, harm] of [
  ['broken', ({ path }: Fixture) => { writeFileSync(path, 'rules: [') }],
  ['invalid', ({ write }: Fixture) => { write({ ...flood, over: '90s' }) }],
  ['gone', ({ path }: Fixture) => { rmSync(path) }],
] as const) {
  test(`rules that are ${name} leave those in use, and are logged once, as is their mending`, () => {
    const all = fixture()
    harm(all)
    all.watch.look()
    all.watch.look()
    assert.equal(all.used.length, 0)
    assert.deepEqual(all.log.map(({ msg }) => msg), ['the rules cannot be used; those read before stay in use'])
    assert.ok(all.log[0]?.reason?.includes(all.path), all.log[0]?.reason)
    all.write({ ...flood, above: 30 })
    all.watch.look()
    assert.deepEqual(all.used.map((rules) => rules[0]?.above), [30])
    assert.deepEqual(all.log.slice(1).map(({ msg }) => msg), ['the rules can be used again', 'other rules are in use'])
  })
}
