import { GatelensError } from '../../runtime/errors.ts'

/** Whole days in UTC, both included, as epoch ms of their midnight. */
export interface Window { from: number, to: number }

const day = 86_400_000

/** Days that have no end: a log is read whole unless a window is given. */
export const always: Window = { from: 0, to: Date.UTC(9999, 0) }

/** The days that the options name; without `from` the last `sinceMs` before `to`, of which every day begun counts. Throws USAGE. */
export function readWindow ({ from, to }: { from?: string, to?: string }, sinceMs: number, now: number): Window {
  const last = to === undefined ? startOfDay(now) : readDay(to, '--to')
  const first = from === undefined ? Math.max(0, lastDays(last, Math.max(1, Math.ceil(sinceMs / day)))) : readDay(from, '--from')
  if (first > last) throw new GatelensError('USAGE', `the window begins on ${dayText(first)} and ends on ${dayText(last)}`, { where: '--from' })
  return { from: first, to: last }
}

/** The first moment of the last `days` days that end with the day of `time`. */
export function lastDays (time: number, days: number): number {
  return startOfDay(time) - (days - 1) * day
}

/** True for a moment in one of the days. */
export function isWithin ({ from, to }: Window, time: number): boolean {
  return time >= from && time < to + day
}

/** `2026-08-20` */
export function dayText (time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function startOfDay (time: number): number {
  return Math.floor(time / day) * day
}

function readDay (text: string, option: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  if (!Number.isNaN(time) && dayText(time) === text) return time
  throw new GatelensError('USAGE', `"${text}" is not a day`, { where: option, hint: 'Write a day in UTC, such as 2026-08-20.' })
}
