import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Breach } from '../../../services/processor/detect/breach.ts'
import type { Point } from '../../../services/processor/detect/episodes.ts'
import { evaluate, openLedger } from '../../../services/processor/detect/ledger.ts'
import { ruleSchema } from '../../../services/processor/detect/rule.ts'
import { parseConfig } from '../../../services/runtime/config.ts'
import { duration } from '../../../services/runtime/units.ts'
import { expectCase, readCases } from '../../case.ts'

/**
 * A case: a rule; then a script of `point TIME key=value… value=N requests=N [threshold=N]` (a later line for the same
 * window replaces it; `end=TIME`, `goes_on=true` make a part of a window), `now TIME [newest=TIME]` (evaluate; newest: the
 * newest event, where time has come further) and `restart` (forget all but the written breaches); then what every
 * evaluation changed.
 */
const configSchema = z.strictObject({ rule: ruleSchema, horizon: duration.prefault('1h') })

const cases = readCases('detect')

test('there are golden cases for detection', () => {
  assert.ok(cases.length >= 8, `${cases.length} cases`)
})

for (const item of cases) {
  test(item.name, () => {
    const { rule, horizon } = parseConfig({ path: item.path, text: item.config }, configSchema)
    const points = new Map<string, Point>()
    const table = new Map<string, Breach>()
    const output: string[] = []
    let ledger = openLedger(rule, [], 0)
    for (const line of item.input.split('\n').filter((text) => text.trim() !== '' && !text.startsWith('#'))) {
      const [word = '', time = '', ...pairs] = line.split(/\s+/)
      if (word === 'point') {
        const point = readPoint(time, pairs, rule.above)
        points.set(JSON.stringify([point.subject, point.start]), point)
      } else if (word === 'restart') {
        ledger = openLedger(rule, [...table.values()], Infinity)
      } else {
        assert.equal(word, 'now', line)
        const [newest] = pairs.map((pair) => Date.parse(pair.replace('newest=', '')))
        const moment = { now: Date.parse(time), ...newest === undefined ? {} : { newest }, horizon, describe: () => ({ owner: '', contact: '' }) }
        const visible = [...points.values()].filter((point) => point.start >= ledger.from)
        const evaluation = evaluate(rule, ledger, visible, moment)
        const again = evaluate(rule, evaluation.ledger, visible.filter((point) => point.start >= evaluation.ledger.from), moment)
        assert.deepEqual(again.changed, [], 'evaluating twice changes nothing')
        assert.deepEqual(again.active, evaluation.active)
        output.push(`now ${time}: ${evaluation.active.length} active`, ...evaluation.changed.map((breach) => `  ${show(breach)}`))
        for (const breach of evaluation.changed) table.set(breach.breach_id, breach)
        ledger = evaluation.ledger
      }
    }
    expectCase(item, output.join('\n'))
  })
}

function readPoint (time: string, pairs: string[], above: unknown): Point {
  const given = Object.fromEntries(pairs.map((pair) => pair.split('='))) as Record<string, string>
  const { service = '', route = '', partner = '', end } = given
  return {
    subject: { service, route, partner },
    start: Date.parse(time),
    value: Number(given.value),
    requests: Number(given.requests),
    threshold: Number(given.threshold ?? above),
    ...end === undefined ? {} : { part: { end: Date.parse(end), goesOn: given.goes_on === 'true' } },
  }
}

function show (breach: Breach): string {
  const subject = [breach.service, breach.route, breach.partner].filter((part) => part !== '').join(' ')
  const state = breach.closed_at === null ? `open, seen ${iso(breach.last_seen)}` : `closed ${iso(breach.closed_at)}`
  return `${breach.breach_id.slice(0, 8)} ${subject} opened ${iso(breach.opened_at)} ${state}: ` +
    `observed ${breach.observed} peak ${breach.peak} threshold ${breach.threshold} requests ${breach.requests}`
}

function iso (time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z')
}
