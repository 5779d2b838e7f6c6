import type { Subject } from './breach.ts'
import { assertRule, grows, isQuantile, subjectKeys } from './rule.ts'
import type { Rule } from './rule.ts'

/** A statement with its parameters, as ClickHouse takes them: `{name:Type}` in the text, values beside it. */
export interface Statement { query: string, params: Record<string, string | number> }

/** `[from, to)` in epoch ms. */
export interface Stretch { from: number, to: number }

/** A number for everybody, or one for each partner that has one. */
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
   * The minute of a window in which the count of one subject passed the threshold: one row `minute` (epoch seconds), or
   * none. Undefined for what is no count, and for windows of one minute.
   */
  crossing (window: Stretch, subject: Subject, threshold: number): Statement | undefined
  /** Ids of at most five requests of one subject in one window that count for the measure: rows `request_id`. */
  samples (window: Stretch, subject: Subject, threshold: number): Statement
}

/** Compiles a rule against the tables of one database. Throws RULE_INVALID, naming rule and key. */
export function compileRule (rule: Rule, database: string): CompiledRule {
  assertRule(rule)
  return {
    points: (stretch, limits) => compilePoints(rule, database, stretch, limits),
    crossing: (window, subject, threshold) => compileCrossing(rule, database, window, subject, threshold),
    samples: (window, subject, threshold) => compileSamples(rule, database, window, subject, threshold),
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
  const start = rule.over === 'month'
    ? `toUnixTimestamp(toDateTime(toStartOfMonth(${time}, 'UTC'), 'UTC'))`
    : `intDiv(toUnixTimestamp(${time}), {over:UInt32}) * {over:UInt32}`
  const groups = subjectKeys.filter((key) => rule.by.includes(key))
  const query = `
SELECT
  ${start} AS start,${groups.map((key) => ` ${key},`).join('')}
  toFloat64(${valueOf(rule)}) AS value,
  sum(requests) AS total,
  ${typeof limits === 'number' ? '{threshold:Float64}' : quotaTable(limits)} AS threshold
FROM {database:Identifier}.${table}
WHERE ${time} >= toDateTime({from:UInt32}) AND ${time} < toDateTime({to:UInt32})${whereOf(rule)}
GROUP BY start${groups.map((key) => `, ${key}`).join('')}
HAVING value > threshold AND total >= {min_requests:UInt64}`
  return {
    query: query.trim(),
    params: {
      database,
      ...rule.over === 'month' ? {} : { over: rule.over / 1000 },
      ...typeof limits === 'number' ? { threshold: limits } : {},
      ...range(stretch),
      min_requests: rule.min_requests,
      ...whereParams(rule),
    },
  }
}

/** The measure over rows of a rollup. Sketches and sums of any rows can be put together. */
function valueOf (rule: Rule): string {
  const failed = "sumIf(requests, status_class NOT IN ('1xx', '2xx', '3xx', '4xx'))"
  switch (rule.measure) {
    case 'errors': return failed
    case 'error_ratio': return `${failed} / sum(requests)`
    case 'bytes': return 'sum(request_bytes) + sum(response_bytes)'
    case 'p50': return `quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(${rule.of ?? 'duration'})[1]`
    case 'p95': return `quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(${rule.of ?? 'duration'})[2]`
    case 'p99': return `quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(${rule.of ?? 'duration'})[3]`
    default: return `sum(${rule.measure})`
  }
}

/** The quotas as a table in the text: thousands of them would not fit into the address, where parameters go. */
function quotaTable (limits: ReadonlyMap<string, number>): string {
  const names = [...limits.keys()].map(quote).join(', ')
  return `transform(toString(partner), [${names}], [${[...limits.values()].map((limit) => `toFloat64(${limit})`).join(', ')}], inf)`
}

function quote (text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function compileCrossing (rule: Rule, database: string, window: Stretch, subject: Subject, threshold: number): Statement | undefined {
  if (!grows(rule) || rule.over === 60_000) return undefined
  const query = `
SELECT toUnixTimestamp(minute) AS minute
FROM
(
  SELECT minute, sum(amount) OVER (ORDER BY minute) AS running
  FROM
  (
    SELECT minute, toFloat64(${valueOf(rule)}) AS amount
    FROM {database:Identifier}.requests_1m
    WHERE minute >= toDateTime({from:UInt32}) AND minute < toDateTime({to:UInt32})${whereOf(rule)}${isSubject(rule)}
    GROUP BY minute
  )
)
WHERE running > {threshold:Float64}
ORDER BY minute
LIMIT 1`
  return {
    query: query.trim(),
    params: { database, ...range(window), threshold, ...whereParams(rule), ...subjectParams(rule, subject) },
  }
}

function compileSamples (rule: Rule, database: string, window: Stretch, subject: Subject, threshold: number): Statement {
  const query = `
SELECT request_id
FROM {database:Identifier}.requests
WHERE time >= fromUnixTimestamp64Milli({from:Int64}) AND time < fromUnixTimestamp64Milli({to:Int64})${whereOf(rule)}${isSubject(rule)}
  AND request_id != '' AND ${countsFor(rule)}
LIMIT 5`
  const params = { database, ...window, threshold, ...whereParams(rule), ...subjectParams(rule, subject) }
  return { query: query.trim(), params }
}

/** Which requests a person would want to see. */
function countsFor (rule: Rule): string {
  if (isQuantile(rule)) return `${rule.of ?? 'duration'}_ms > {threshold:Float64}`
  switch (rule.measure) {
    case 'errors':
    case 'error_ratio': return '(status >= 500 OR status = 0)'
    case 'rate_limited': return 'rate_limited'
    case 'undocumented': return "outcome NOT IN ('matched', 'ambiguous')"
    default: return '{threshold:Float64} >= 0'
  }
}

function whereOf (rule: Rule): string {
  return subjectKeys.filter((key) => rule.where[key] !== undefined).map((key) => ` AND ${key} = {where_${key}:String}`).join('')
}

function whereParams (rule: Rule): Record<string, string> {
  return Object.fromEntries(subjectKeys.flatMap((key) => rule.where[key] === undefined ? [] : [[`where_${key}`, rule.where[key]]]))
}

function isSubject (rule: Rule): string {
  return rule.by.map((key) => ` AND ${key} = {is_${key}:String}`).join('')
}

function subjectParams (rule: Rule, subject: Subject): Record<string, string> {
  return Object.fromEntries(rule.by.map((key) => [`is_${key}`, subject[key]]))
}

function range ({ from, to }: Stretch): { from: number, to: number } {
  return { from: Math.floor(from / 1000), to: Math.ceil(to / 1000) }
}
