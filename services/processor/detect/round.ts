import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import type { Telemetry } from '../contract.ts'
import { breachId } from './breach.ts'
import type { Breach, Subject } from './breach.ts'
import { compileRule } from './compile-rule.ts'
import type { CompiledRule, Place } from './compile-rule.ts'
import { describeSubjects, limitsOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { amend, evaluate, openLedger } from './ledger.ts'
import type { Evaluation, Ledger } from './ledger.ts'
import type { Rule } from './rule.ts'
import type { DetectStore } from './store.ts'
import { windowOf } from './window.ts'

const minute = 60_000
const day = 86_400_000

/** How far ahead of the wall clock event time may stand and still count: a wrong clock must not close every window. */
const futureMs = 300_000

/** How far back windows are read at the start: what a rule that ran before may have missed, and what a new one looks at. */
const resumeMs = day
const firstMs = 31 * day

/** How many new breaches are looked into with one statement. */
const atOnce = 500

export interface RoundOptions {
  rules: readonly Rule[]
  database: string
  /** The catalog in use: owners, contacts and quotas. */
  catalog: () => Directory
  telemetry: Pick<Telemetry, 'add' | 'set'>
  log: Logger
  /** How late events may come and still open, change or close a breach, ms; default one hour. */
  horizon?: number
  /** Wall clock, epoch ms: bounds event time, and orders the versions of a breach. */
  clock?: () => number
}

interface Watch { rule: Rule, compiled: CompiledRule }

/** Evaluates all rules, again and again; what one round leaves, the next takes up. */
export class Rounds {
  readonly #options: RoundOptions
  readonly #store: DetectStore
  readonly #watches: Watch[]
  readonly #clock: () => number
  /** By rule; filled once the breaches of an earlier run have been read. */
  #ledgers: Map<string, Ledger> | undefined
  /** Open breaches by rule, as of the newest evaluation that succeeded. */
  readonly #active = new Map<string, Breach[]>()
  /** Labels of the series that stand at 1, by breach. */
  #shown = new Map<string, Record<string, string>>()
  readonly #failures = new Map<string, string>()
  #version = 0

  /** Throws RULE_INVALID. */
  constructor (store: DetectStore, options: RoundOptions) {
    this.#options = options
    this.#store = store
    this.#watches = options.rules.map((rule) => ({ rule, compiled: compileRule(rule, options.database) }))
    this.#clock = options.clock ?? Date.now
  }

  /** Evaluates every rule once and gives the open breaches. Never rejects. */
  async run (): Promise<Breach[]> {
    const started = performance.now()
    try {
      await this.#judgeAll()
    } catch (error) {
      for (const { rule } of this.#watches) this.#failed(rule, error)
    }
    const active = [...this.#active.values()].flat()
    this.#show(active)
    this.#options.telemetry.set('gatelens_detect_seconds', {}, (performance.now() - started) / 1000)
    return active
  }

  async #judgeAll (): Promise<void> {
    const now = await this.#store.newest(this.#clock() + futureMs)
    if (now === undefined) return
    this.#ledgers ??= await this.#restore(now)
    for (const watch of this.#watches) {
      try {
        await this.#judge(watch, this.#ledgers, now)
        this.#recovered(watch.rule)
      } catch (error) {
        this.#failed(watch.rule, error)
      }
    }
  }

  /** Takes up what an earlier run recorded; breaches of rules that are gone are closed. */
  async #restore (now: number): Promise<Map<string, Ledger>> {
    const known = await this.#store.knownRules()
    const since = (rule: Rule): number => Math.max(0, now - (known.has(rule.name) ? resumeMs : firstMs))
    const open = (await this.#store.breaches(now)).filter((breach) => breach.closed_at === null)
    const first = [...open.map((breach) => breach.opened_at), ...this.#watches.map(({ rule }) => windowOf(since(rule), rule.over))]
    const recorded = await this.#store.breaches(first.reduce((a, b) => Math.min(a, b), now))
    const names = new Set(this.#watches.map(({ rule }) => rule.name))
    const gone = open.filter((breach) => !names.has(breach.rule))
    if (gone.length > 0) await this.#write(gone.map((breach) => ({ ...breach, closed_at: breach.last_seen })))
    return new Map(this.#watches.map(({ rule }) =>
      [rule.name, openLedger(rule, recorded.filter((breach) => breach.rule === rule.name), since(rule))]))
  }

  async #judge (watch: Watch, ledgers: Map<string, Ledger>, now: number): Promise<void> {
    const { rule, compiled } = watch
    const ledger = ledgers.get(rule.name) ?? openLedger(rule, [], now)
    const directory = this.#options.catalog()
    const statement = compiled.points({ from: ledger.from, to: now + minute }, limitsOf(rule, directory))
    const points = statement === undefined ? [] : await this.#store.points(statement)
    const moment = { now, horizon: this.#options.horizon ?? 3_600_000, describe: describeSubjects(directory) }
    const evaluation = await this.#investigate(watch, ledger, evaluate(rule, ledger, points, moment))
    // Shown before it is written: a store that takes no writes must not keep a breach from the metrics.
    this.#active.set(rule.name, evaluation.active)
    if (evaluation.changed.length > 0) await this.#write(evaluation.changed)
    ledgers.set(rule.name, evaluation.ledger)
    const opened = evaluation.changed.filter((breach) => !ledger.written.has(breach.breach_id)).length
    if (opened > 0) this.#options.telemetry.add('gatelens_breaches_total', { rule: rule.name, severity: rule.severity }, opened)
  }

  /** Finds out, once for each new breach, when exactly a count passed its threshold, and some of the requests. */
  async #investigate ({ rule, compiled }: Watch, ledger: Ledger, evaluation: Evaluation): Promise<Evaluation> {
    const fresh = evaluation.changed.filter((item) => !ledger.written.has(item.breach_id))
    const amended = new Map<string, Breach>()
    for (let from = 0; from < fresh.length; from += atOnce) {
      const breaches = fresh.slice(from, from + atOnce)
      const places = breaches.map((breach) => ({ start: breach.opened_at, subject: breach }))
      // What was found is matched with the limits of that time: a quota that has changed since is another breach's.
      const limits = typeof rule.above === 'number' ? rule.above : new Map(breaches.map((breach) => [breach.partner, breach.threshold]))
      const statement = compiled.crossings(places, limits)
      const passed = statement === undefined ? [] : await this.#store.crossings(statement)
      const crossings = new Map(passed.map((found) => [idOf(rule, found), found.minute]))
      const sampled = await this.#store.samples(compiled.samples(places, limits))
      const samples = new Map(sampled.map((found) => [idOf(rule, found), found.ids]))
      for (const breach of breaches) {
        const id = breach.breach_id
        amended.set(id, { ...breach, opened_at: crossings.get(id) ?? breach.opened_at, sample_request_ids: samples.get(id) ?? [] })
      }
    }
    return amend(evaluation, amended)
  }

  async #write (breaches: readonly Breach[]): Promise<void> {
    this.#version = Math.max(this.#clock(), this.#version + 1)
    await this.#store.write(breaches, this.#version)
  }

  #show (active: readonly Breach[]): void {
    const shown = new Map(active.map((breach) => [breach.breach_id, labelsOf(breach)]))
    for (const [id, labels] of this.#shown) if (!shown.has(id)) this.#options.telemetry.set('gatelens_breach_active', labels, 0)
    for (const labels of shown.values()) this.#options.telemetry.set('gatelens_breach_active', labels, 1)
    this.#shown = shown
  }

  #failed (rule: Rule, error: unknown): void {
    const message = messageOf(error)
    this.#options.telemetry.add('gatelens_detect_failures_total', { rule: rule.name }, 1)
    if (this.#failures.get(rule.name) === message) return
    this.#failures.set(rule.name, message)
    this.#options.log.warn({ rule: rule.name, error: message }, 'rule cannot be evaluated; it is tried again')
  }

  #recovered (rule: Rule): void {
    if (this.#failures.delete(rule.name)) this.#options.log.info({ rule: rule.name }, 'rule is evaluated again')
  }
}

function idOf (rule: Rule, { start, subject }: Place): string {
  return breachId(rule.name, subject, start)
}

function labelsOf ({ rule, severity, service, route, partner, owner }: Breach & Subject): Record<string, string> {
  return { rule, severity, service, route, partner, owner }
}
