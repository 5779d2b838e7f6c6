import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import type { Readiness, Telemetry } from '../contract.ts'
import type { Breach } from './breach.ts'
import { BreachSeries } from './breach-series.ts'
import { compileRule } from './compile-rule.ts'
import { describeSubjects, thresholdsOf } from './directory.ts'
import type { Directory } from './directory.ts'
import { investigate } from './investigate.ts'
import { evaluate, openLedger } from './ledger.ts'
import type { Ledger } from './ledger.ts'
import { readPoints } from './points.ts'
import type { Watch } from './points.ts'
import type { PartnerVersion } from './quota-history.ts'
import type { Rule } from './rule.ts'
import type { DetectStore } from './store.ts'
import { windowOf } from './window.ts'

const minute = 60_000

/** How long an evaluation stands while nothing that it was made of has changed and no breach is open. */
const restMs = minute
const day = 86_400_000

/** How far ahead of the wall clock event time may stand and still count: a wrong clock must not close every window. */
const futureMs = 300_000

/** How far back windows are read at the start: what a rule that ran before may have missed, and what a new one looks at. */
const resumeMs = day
const firstMs = 31 * day

/** How many breaches of one evaluation are logged one by one. */
const mostLogged = 20

export interface RoundOptions {
  rules: readonly Rule[]
  database: string
  /** The catalog in use: owners, contacts and quotas. */
  catalog: () => Directory
  telemetry: Pick<Telemetry, 'add' | 'set'>
  /** Told how long each evaluation took. */
  readiness?: Pick<Readiness, 'detection'>
  log: Logger
  /** How late events may come and still open, change or close a breach, ms; default one hour. */
  horizon?: number
  /** True while the inputs have been read to their ends and all of it is in the store; without it, time never runs by the clock. */
  isCaughtUp?: () => boolean
  /** How far behind the wall clock time goes on while the inputs have nothing more, ms; default one minute. */
  idle?: number
  /** Wall clock, epoch ms: bounds event time, and orders the versions of a breach. */
  clock?: () => number
}

/** How far time has come, and the newest event, both epoch ms; the newest event and the number of events that the store has. */
interface Now { now: number, newest: number, stored: number | undefined, events: number }

/** What an evaluation was made of, and when, epoch ms. */
interface Basis { stored: number | undefined, events: number, quotas: readonly PartnerVersion[], directory: Directory, at: number }

/** Evaluates all rules, again and again; what one round leaves, the next takes up. */
export class Rounds {
  readonly #options: RoundOptions
  readonly #store: DetectStore
  #watches: Watch[]
  readonly #clock: () => number
  /** By rule; filled once the breaches of an earlier run have been read. */
  #ledgers: Map<string, Ledger> | undefined
  /** Open breaches by rule, as of the newest evaluation that succeeded. */
  readonly #active = new Map<string, Breach[]>()
  readonly #series: BreachSeries
  readonly #failures = new Map<string, string>()
  #version = 0
  /** What the newest evaluation was made of. */
  #basis: Basis | undefined

  /** Throws RULE_INVALID. */
  constructor (store: DetectStore, options: RoundOptions) {
    this.#options = options
    this.#store = store
    this.#watches = compileAll(options)
    this.#clock = options.clock ?? Date.now
    this.#series = new BreachSeries(options.telemetry)
    this.#countFromZero()
  }

  /** Evaluates other rules from the next round on, as a process that starts with them would. Throws RULE_INVALID and changes nothing. */
  use (rules: readonly Rule[]): void {
    this.#watches = compileAll({ ...this.#options, rules })
    this.#ledgers = undefined
    this.#basis = undefined
    const names = new Set(rules.map(({ name }) => name))
    for (const name of this.#active.keys()) if (!names.has(name)) this.#active.delete(name)
    this.#failures.clear()
    this.#countFromZero()
  }

  /** Evaluates every rule once and gives the open breaches. Never rejects. */
  async run (): Promise<Breach[]> {
    const started = performance.now()
    try {
      await this.#judgeAll()
    } catch (error) {
      for (const { rule } of this.#watches) this.#failed(rule, error)
    }
    this.#series.show(this.#watches.flatMap(({ rule }) => (this.#active.get(rule.name) ?? []).map((breach) => ({ rule, breach }))))
    this.#options.readiness?.detection((performance.now() - started) / 1000)
    return [...this.#active.values()].flat()
  }

  async #judgeAll (): Promise<void> {
    const now = await this.#now()
    if (now === undefined) return
    const watches = this.#watches
    const ledgers = this.#ledgers ?? await this.#restore(now.newest)
    const quotas = await this.#store.quotas()
    // Other rules may have come in between; then the next round begins with them.
    if (watches !== this.#watches) return
    this.#ledgers = ledgers
    const basis = { stored: now.stored, events: now.events, quotas, directory: this.#options.catalog(), at: this.#clock() }
    if (this.#stands(basis)) return
    this.#basis = basis
    for (const watch of watches) {
      try {
        await this.#judge(watch, ledgers, now, quotas)
        this.#recovered(watch.rule)
      } catch (error) {
        this.#failed(watch.rule, error)
      }
    }
  }

  /** True while another evaluation would give the same. What counts no new event, such as a late rollup, is seen within a minute. */
  #stands (basis: Basis): boolean {
    const before = this.#basis
    if (before === undefined || this.#failures.size > 0 || basis.at - before.at >= restMs) return false
    const isSame = (['stored', 'events', 'quotas', 'directory'] as const).every((name) => basis[name] === before[name])
    return isSame && [...this.#active.values()].every((open) => open.length === 0)
  }

  /** Event time goes on by the clock where no more events can be on their way. Undefined while there is neither. */
  async #now (): Promise<Now | undefined> {
    const { isCaughtUp, idle = minute } = this.#options
    const clock = this.#clock()
    const idleUntil = isCaughtUp?.() === true ? clock - idle : 0
    const { newest: stored, events } = await this.#store.newest(clock + futureMs)
    const newest = stored ?? idleUntil
    return newest === 0 ? undefined : { now: Math.max(newest, idleUntil), newest, stored, events }
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

  async #judge (watch: Watch, ledgers: Map<string, Ledger>, { now, newest }: Now, quotas: readonly PartnerVersion[]): Promise<void> {
    const { rule } = watch
    const ledger = ledgers.get(rule.name) ?? openLedger(rule, [], now)
    const directory = this.#options.catalog()
    const thresholds = thresholdsOf(rule, directory, quotas)
    const points = await readPoints(this.#store, watch, { from: ledger.from, to: now + minute }, thresholds)
    const moment = { now, newest, horizon: this.#options.horizon ?? 3_600_000, describe: describeSubjects(directory) }
    const evaluation = await investigate(this.#store, watch, evaluate(rule, ledger, points, moment), { ledger, thresholds })
    // Shown before it is written: a store that takes no writes must not keep a breach from the metrics.
    if (this.#watches.includes(watch)) this.#active.set(rule.name, evaluation.active)
    if (evaluation.changed.length > 0) await this.#write(evaluation.changed)
    ledgers.set(rule.name, evaluation.ledger)
    this.#tell(rule, ledger, evaluation.changed)
  }

  /** Counts and logs what has opened and closed. */
  #tell (rule: Rule, { written }: Ledger, changed: readonly Breach[]): void {
    const opened = changed.filter((breach) => !written.has(breach.breach_id))
    const closed = changed.filter((breach) => breach.closed_at !== null && written.get(breach.breach_id)?.closed_at === null)
    if (opened.length > 0) this.#options.telemetry.add('gatelens_breaches_total', { rule: rule.name, severity: rule.severity }, opened.length)
    const { log } = this.#options
    for (const breach of opened.slice(0, mostLogged)) log.info(lineOf(breach), breach.closed_at === null ? 'breach opened' : 'breach found in the past')
    for (const breach of closed.slice(0, mostLogged)) log.info(lineOf(breach), 'breach closed')
    const more = Math.max(0, opened.length - mostLogged) + Math.max(0, closed.length - mostLogged)
    if (more > 0) log.info({ rule: rule.name, more }, 'more breaches opened and closed; the table breaches has them')
  }

  #countFromZero (): void {
    for (const { rule: { name: rule, severity } } of this.#watches) {
      this.#options.telemetry.add('gatelens_breaches_total', { rule, severity }, 0)
      this.#options.telemetry.add('gatelens_detect_failures_total', { rule }, 0)
    }
  }

  async #write (breaches: readonly Breach[]): Promise<void> {
    this.#version = Math.max(this.#clock(), this.#version + 1)
    await this.#store.write(breaches, this.#version)
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

function compileAll ({ rules, database }: Pick<RoundOptions, 'rules' | 'database'>): Watch[] {
  return rules.map((rule) => ({ rule, compiled: compileRule(rule, database) }))
}

function lineOf (breach: Breach): Record<string, unknown> {
  const { rule, severity, service, route, partner, observed, threshold, opened_at: opened, closed_at: closed } = breach
  const until = closed === null ? {} : { closed_at: new Date(closed).toISOString() }
  return { rule, severity, service, route, partner, observed, threshold, opened_at: new Date(opened).toISOString(), ...until }
}
