import type { Subject } from './breach.ts'
import { assertRule, grows, isQuantile, subjectKeys } from './rule.ts'
import type { Rule } from './rule.ts'
import { windowAfter } from './window.ts'

/** A statement with its parameters, as ClickHouse takes them: `{name:Type}` in the text, values beside it. */
export interface Statement { query: string, params: Record<string, string | number> }

/** `[from, to)` in epoch ms. */
export interface Stretch { from: number, to: number }

/** A number for everybody, or one for each partner that has one: where it changed, the lowest. */
export type Limits = number | ReadonlyMap<string, number>

/** A rule as SQL over the rollups. */
export interface CompiledRule {
  /**
   * The windows that start in the stretch (its `from` must be the start of one) and in which a subject is above its
   * limit. Rows: `start` (epoch seconds), what the rule groups by, `value`, `total` (requests), `threshold`. Undefined when
   * nobody has a limit.
   */
  points (stretch: Stretch, limits: Limits): Statement | undefined
  /**
   * The counts of some windows by what `cuts` (epoch ms, whole minutes, in order) make of them: the first part is the one
   * before the first cut. Rows: `start`, what the rule groups by, `part` (from 0), `value`.
   */
  parts (places: readonly Place[], cuts: readonly number[]): Statement
  /**
   * The minutes in which counts passed their limits, for some windows and subjects at once. Rows: `start`, what the rule
   * groups by, `minute` (both epoch seconds). Undefined for what is no count, and for windows of one minute.
   */
  crossings (places: readonly Place[], limits: Limits): Statement | undefined
  /**
   * Ids of at most five requests that count for the measure, for some windows and subjects at once. Rows: `start`, what
   * the rule groups by, `ids`.
   */
  samples (places: readonly Place[], limits: Limits): Statement
}

/** One window of one subject; `start` in epoch ms. */
export interface Place { start: number, subject: Subject }

/** Compiles a rule against the tables of one database. Throws RULE_INVALID, naming rule and key. */
export function compileRule (rule: Rule, database: string): CompiledRule {
  assertRule(rule)
  return {
    points: (stretch, limits) => compilePoints(rule, database, stretch, limits),
    parts: (places, cuts) => compileParts(rule, database, places, cuts),
    crossings: (places, limits) => compileCrossings(rule, database, places, limits),
    samples: (places, limits) => compileSamples(rule, database, places, limits),
  }
}

const day = 86_400_000

/** Days and months are read from the hours: a twenty-fourth of the rows at most, and the same sums. */
function rollupOf (rule: Rule): { table: string, time: string } {
  return rule.over === 'month' || rule.over % day === 0 ? { table: 'requests_1h', time: 'hour' } : { table: 'requests_1m', time: 'minute' }
}

function compilePoints (rule: Rule, database: string, stretch: Stretch, limits: Limits): Statement | undefined {
  if (typeof limits !== 'number' && limits.size === 0) return undefined
  const { table, time } = rollupOf(rule)
  const query = `
SELECT
  ${startOf(rule, time)} AS ${groupsOf(rule).join(', ')},
  toFloat64(${valueOf(rule)}) AS value,
  sum(requests) AS total,
  ${limitOf(limits)} AS threshold
FROM {database:Identifier}.${table}
WHERE ${time} >= toDateTime({from:UInt32}) AND ${time} < toDateTime({to:UInt32})${whereOf(rule)}
GROUP BY ${groupsOf(rule).join(', ')}
HAVING value > threshold AND total >= {min_requests:UInt64}`
  return { query: query.trim(), params: { ...paramsOf(rule, database, limits), ...range(stretch), min_requests: rule.min_requests } }
}

/** The start of the window that a time falls into, epoch seconds. */
function startOf (rule: Rule, time: string): string {
  return rule.over === 'month'
    ? `toUnixTimestamp(toDateTime(toStartOfMonth(${time}, 'UTC'), 'UTC'))`
    : `intDiv(toUnixTimestamp(${time}), {over:UInt32}) * {over:UInt32}`
}

function groupsOf (rule: Rule): string[] {
  return ['start', ...subjectKeys.filter((key) => rule.by.includes(key))]
}

function paramsOf (rule: Rule, database: string, limits: Limits): Record<string, string | number> {
  return {
    database,
    ...rule.over === 'month' ? {} : { over: rule.over / 1000 },
    ...typeof limits === 'number' ? { threshold: limits } : {},
    ...whereParams(rule),
  }
}

/** The measure over rows of a rollup. Sketches and sums of any rows can be put together. */
function valueOf (rule: Rule): string {
  const failed = 'sum(errors)'
  switch (rule.measure) {
    case 'errors': return failed
    case 'error_ratio': return `${failed} / sum(requests)`
    // Of a log that gives one of the two, that one; NULL, which is above no limit, where it gives neither.
    case 'bytes': return 'coalesce(sum(request_bytes) + sum(response_bytes), sum(request_bytes), sum(response_bytes))'
    case 'p50': return `quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(${rule.of ?? 'duration'})[1]`
    case 'p95': return `quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(${rule.of ?? 'duration'})[2]`
    case 'p99': return `quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(${rule.of ?? 'duration'})[3]`
    default: return `sum(${rule.measure})`
  }
}

/** The limit of a group. Quotas stand in the text: thousands of them would not fit into the address, where parameters go. */
function limitOf (limits: Limits): string {
  if (typeof limits === 'number') return '{threshold:Float64}'
  // Plain literals: a list of ten thousand function calls takes the engine a second to read.
  return `transform(toString(partner), [${[...limits.keys()].map(quote).join(', ')}], CAST([${[...limits.values()].join(', ')}], 'Array(Float64)'), inf)`
}

function quote (text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function compileParts (rule: Rule, database: string, places: readonly Place[], cuts: readonly number[]): Statement {
  const groups = groupsOf(rule).join(', ')
  const list = cuts.map((cut) => cut / 1000).join(', ')
  const query = `
SELECT ${startOf(rule, 'minute')} AS ${groups}, arrayCount(cut -> cut <= toUnixTimestamp(minute), CAST([${list}], 'Array(UInt32)')) AS part,
  toFloat64(${valueOf(rule)}) AS value
FROM {database:Identifier}.requests_1m
WHERE minute >= toDateTime({from:UInt32}) AND minute < toDateTime({to:UInt32})${whereOf(rule)} AND ${isOneOf(rule, places)}
GROUP BY ${groups}, part`
  return { query: query.trim(), params: { ...paramsOf(rule, database, new Map()), ...range(stretchOf(rule, places)) } }
}

function compileCrossings (rule: Rule, database: string, places: readonly Place[], limits: Limits): Statement | undefined {
  if (!grows(rule) || rule.over === 60_000) return undefined
  const groups = groupsOf(rule).join(', ')
  const query = `
SELECT ${groups}, toUnixTimestamp(min(at)) AS minute
FROM
(
  SELECT ${groups}, at, sum(amount) OVER (PARTITION BY ${groups} ORDER BY at) AS running
  FROM
  (
    SELECT ${startOf(rule, 'minute')} AS ${groups}, minute AS at, toFloat64(${valueOf(rule)}) AS amount
    FROM {database:Identifier}.requests_1m
    WHERE minute >= toDateTime({from:UInt32}) AND minute < toDateTime({to:UInt32})${whereOf(rule)} AND ${isOneOf(rule, places)}
    GROUP BY ${groups}, at
  )
)
WHERE running > ${limitOf(limits)}
GROUP BY ${groups}`
  return { query: query.trim(), params: { ...paramsOf(rule, database, limits), ...range(stretchOf(rule, places)) } }
}

function compileSamples (rule: Rule, database: string, places: readonly Place[], limits: Limits): Statement {
  const groups = groupsOf(rule).join(', ')
  const query = `
SELECT ${startOf(rule, 'time')} AS ${groups}, groupArray(5)(request_id) AS ids
FROM {database:Identifier}.requests
WHERE time >= toDateTime({from:UInt32}) AND time < toDateTime({to:UInt32})${whereOf(rule)} AND ${isOneOf(rule, places)}
  AND request_id != '' AND ${countsFor(rule)}
GROUP BY ${groups}`
  return { query: query.trim(), params: { ...paramsOf(rule, database, limits), ...range(stretchOf(rule, places)) } }
}

/** Which requests a person would want to see. */
function countsFor (rule: Rule): string {
  if (isQuantile(rule)) return `${rule.of ?? 'duration'}_ms > {threshold:Float64}`
  switch (rule.measure) {
    case 'errors':
    case 'error_ratio': return '(status >= 500 OR status = 0)'
    case 'rate_limited': return 'rate_limited'
    case 'undocumented': return "outcome NOT IN ('matched', 'ambiguous')"
    case 'bytes': return '(request_bytes > 0 OR response_bytes > 0)'
    default: return 'true'
  }
}

function whereOf (rule: Rule): string {
  return subjectKeys.filter((key) => rule.where[key] !== undefined).map((key) => ` AND ${key} = {where_${key}:String}`).join('')
}

function whereParams (rule: Rule): Record<string, string> {
  return Object.fromEntries(subjectKeys.flatMap((key) => rule.where[key] === undefined ? [] : [[`where_${key}`, rule.where[key]]]))
}

function isOneOf (rule: Rule, places: readonly Place[]): string {
  const tuples = places.map(({ start, subject }) =>
    `(${[start / 1000, ...subjectKeys.filter((key) => rule.by.includes(key)).map((key) => quote(subject[key]))].join(', ')})`)
  return `(${groupsOf(rule).join(', ')}) IN (${tuples.join(', ')})`
}

/** From the first of the windows to the end of the last. */
function stretchOf (rule: Rule, places: readonly Place[]): Stretch {
  const starts = places.map((place) => place.start)
  const last = starts.reduce((a, b) => Math.max(a, b), 0)
  return { from: starts.reduce((a, b) => Math.min(a, b), last), to: windowAfter(last, rule.over) }
}

function range ({ from, to }: Stretch): { from: number, to: number } {
  return { from: Math.floor(from / 1000), to: Math.ceil(to / 1000) }
}
