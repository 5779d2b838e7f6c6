/**
 * Tumbling windows of event time: of a fixed length, counted from the UTC epoch (so that a day is a UTC day), or the
 * calendar month in UTC.
 */
export type Span = number | 'month'

/** Start of the window that holds `time`; both epoch ms. */
export function windowOf (time: number, over: Span): number {
  if (over !== 'month') return time - time % over
  const date = new Date(time)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

/** Start of the window `count` windows after the one that starts at `start`; epoch ms. */
export function windowAfter (start: number, over: Span, count = 1): number {
  if (over !== 'month') return start + over * count
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count)
}

/** How many windows a duration in ms takes, rounded up. */
export function windowsIn (duration: number, over: Span): number {
  return Math.ceil(duration / (over === 'month' ? 30 * 86_400_000 : over))
}
