/** Requests as series see them, in few pieces: what one thread hands to another that counts them. */
import type { EnrichedEvent } from '../event.ts'
import { isUndeclared } from '../statuses.ts'
import { mapIn } from './map-in.ts'

/** What series are made of. An enriched event is one of these. */
export type Observed = Pick<EnrichedEvent,
  'service' | 'route' | 'method' | 'status' | 'partner' | 'outcome' | 'rate_limited' | 'limit_name' | 'deprecated' | Figure>

/** What is of each request alone, in the order of a row. */
export const figures = ['time', 'duration_ms', 'upstream_ms', 'gateway_ms', 'request_bytes', 'response_bytes'] as const
type Figure = typeof figures[number]

/** What many requests have in common; the figures in it are of no one. `undeclared`: the operation declares no such status. */
export interface Subject extends Observed { undeclared: boolean }

/** Requests: each is a row of the number of its subject and its figures, NaN for one that is not known. */
export interface Columns { subjects: Subject[], rows: number, values: Float64Array<ArrayBuffer> }

/** Numbers in a row. */
export const rowSize = figures.length + 1

/** Collects the events of a batch; `take` gives them and begins anew. */
export class ColumnsWriter {
  #subjects: Subject[] = []
  #numbers = new Numbers()
  #rows = 0
  #values = new Float64Array(0)

  add (events: readonly EnrichedEvent[]): void {
    this.#reserve(events.length)
    const values = this.#values
    let at = this.#rows * rowSize
    for (const event of events) {
      values[at] = this.#numbers.of(event, isUndeclared(event), this.#subjects)
      values[at + 1] = event.time
      values[at + 2] = event.duration_ms ?? NaN
      values[at + 3] = event.upstream_ms ?? NaN
      values[at + 4] = event.gateway_ms ?? NaN
      values[at + 5] = event.request_bytes ?? NaN
      values[at + 6] = event.response_bytes ?? NaN
      at += rowSize
    }
    this.#rows += events.length
  }

  take (): Columns {
    const columns = { subjects: this.#subjects, rows: this.#rows, values: this.#values }
    this.#subjects = []
    this.#numbers = new Numbers()
    this.#rows = 0
    this.#values = new Float64Array(0)
    return columns
  }

  #reserve (rows: number): void {
    const needed = (this.#rows + rows) * rowSize
    if (needed <= this.#values.length) return
    const larger = new Float64Array(Math.max(needed, 2 * this.#values.length))
    larger.set(this.#values)
    this.#values = larger
  }
}

/** Puts the figures of the row at `at` into its subject. */
export function readRow (subject: Subject, values: Float64Array, at: number): void {
  subject.time = values[at + 1]!
  subject.duration_ms = orNull(values[at + 2]!)
  subject.upstream_ms = orNull(values[at + 3]!)
  subject.gateway_ms = orNull(values[at + 4]!)
  subject.request_bytes = orNull(values[at + 5]!)
  subject.response_bytes = orNull(values[at + 6]!)
}

function orNull (value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** Numbers subjects in the order in which they are seen. */
class Numbers {
  /** By service, route and partner (and limit, if one was tripped), then by all else as one number. */
  readonly #known = new Map<string, Map<string, Map<string, Map<number, number>>>>()
  readonly #methods = new Map<string, number>()

  of (event: EnrichedEvent, undeclared: boolean, subjects: Subject[]): number {
    const routes = mapIn(this.#known, event.service)
    const partners = mapIn(routes, event.route)
    const codes = mapIn(partners, event.rate_limited ? `${event.partner}\n${event.limit_name}` : event.partner)
    const code = this.#codeOf(event, undeclared)
    const known = codes.get(code)
    if (known !== undefined) return known
    codes.set(code, subjects.length)
    return subjects.push(subjectOf(event, undeclared)) - 1
  }

  #codeOf ({ method, status, outcome, deprecated, rate_limited: limited }: EnrichedEvent, undeclared: boolean): number {
    const number = this.#methods.get(method) ?? this.#methods.set(method, this.#methods.size).size - 1
    const flags = Number(deprecated) * 4 + Number(undeclared) * 2 + Number(limited)
    return ((number * outcomes.length + outcomes.indexOf(outcome)) * 8 + flags) * 65_536 + status
  }
}

const outcomes: ReadonlyArray<EnrichedEvent['outcome']> = ['matched', 'method_not_declared', 'ambiguous', 'inferred', 'unmatched', 'malformed']

function subjectOf (event: EnrichedEvent, undeclared: boolean): Subject {
  const { service, route, method, status, partner, outcome, rate_limited, limit_name, deprecated } = event
  return {
    service,
    route,
    method,
    status,
    partner,
    outcome,
    rate_limited,
    limit_name,
    deprecated,
    undeclared,
    time: 0,
    duration_ms: null,
    upstream_ms: null,
    gateway_ms: null,
    request_bytes: null,
    response_bytes: null,
  }
}
