import { breachId } from './breach.ts'
import type { Breach } from './breach.ts'
import type { Limits, Place } from './compile-rule.ts'
import { openingLimit } from './directory.ts'
import type { Thresholds } from './directory.ts'
import { amend } from './ledger.ts'
import type { Evaluation, Ledger } from './ledger.ts'
import type { Watch } from './points.ts'
import type { Rule } from './rule.ts'
import type { DetectStore } from './store.ts'
import { windowOf } from './window.ts'

/** How many new breaches are looked into with one statement. */
const atOnce = 500

/** What detection knew of a rule before an evaluation, and the thresholds that it was judged by. */
export interface Before { ledger: Ledger, thresholds: Thresholds }

/** Finds out, once for each new breach, when exactly a count passed its threshold, and some of the requests. */
export async function investigate (
  store: DetectStore, watch: Watch, evaluation: Evaluation, { ledger, thresholds }: Before
): Promise<Evaluation> {
  const fresh = evaluation.changed.filter((item) => !ledger.written.has(item.breach_id))
  const amended = new Map<string, Breach>()
  for (const breaches of inGroups(watch.rule, fresh, thresholds)) {
    for (const breach of await lookInto(store, watch, breaches, thresholds)) amended.set(breach.breach_id, breach)
  }
  return amend(evaluation, amended)
}

/** Groups in which a partner has one limit and a window one breach: that is what a statement can tell apart. */
function inGroups (rule: Rule, breaches: readonly Breach[], thresholds: Thresholds): Breach[][] {
  if (typeof rule.above === 'number') return inChunks(breaches)
  const turns = new Map<string, number>()
  const limits = new Map<string, number>()
  const groups: Breach[][] = []
  for (const breach of breaches) {
    const limit = openingLimit(thresholds, breach)
    const place = placeOf(rule, breach).start
    const known = turns.get(breach.partner) ?? 0
    const isTaken = (other: Breach): boolean => other.partner === breach.partner && placeOf(rule, other).start === place
    const isOther = (limits.get(breach.partner) ?? limit) !== limit || groups[known]?.some(isTaken) === true
    const turn = isOther ? known + 1 : known
    turns.set(breach.partner, turn)
    limits.set(breach.partner, limit)
    const group = groups[turn] ?? []
    group.push(breach)
    groups[turn] = group
  }
  return groups.flatMap(inChunks)
}

function inChunks (breaches: readonly Breach[]): Breach[][] {
  const chunks: Breach[][] = []
  for (let from = 0; from < breaches.length; from += atOnce) chunks.push(breaches.slice(from, from + atOnce))
  return chunks
}

async function lookInto (store: DetectStore, { rule, compiled }: Watch, breaches: Breach[], thresholds: Thresholds): Promise<Breach[]> {
  const places = breaches.map((breach) => placeOf(rule, breach))
  const limits: Limits = typeof rule.above === 'number'
    ? rule.above
    : new Map(breaches.map((breach) => [breach.partner, openingLimit(thresholds, breach)]))
  const statement = compiled.crossings(places, limits)
  const passed = statement === undefined ? [] : await store.crossings(statement)
  const crossings = new Map(passed.map((found) => [keyOf(rule, found), found.minute]))
  const sampled = await store.samples(compiled.samples(places, limits))
  const samples = new Map(sampled.map((found) => [keyOf(rule, found), found.ids]))
  return breaches.map((breach) => {
    const key = keyOf(rule, placeOf(rule, breach))
    return { ...breach, opened_at: Math.max(breach.opened_at, crossings.get(key) ?? 0), sample_request_ids: samples.get(key) ?? [] }
  })
}

/** The window that opened a breach which nobody has looked into yet. */
function placeOf (rule: Rule, breach: Breach): Place {
  return { start: windowOf(breach.opened_at, rule.over), subject: breach }
}

function keyOf (rule: Rule, { start, subject }: Place): string {
  return breachId(rule.name, subject, start)
}
