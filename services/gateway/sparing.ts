import type { Logger } from '../runtime/log.ts'

/** Warns of something that may happen to every request. */
export type Warn = (fields: Record<string, unknown>, message: string) => void

const pauseMs = 5000
const most = 1000

/**
 * Warnings of one text about one service at most every five seconds, with the number (`times`) that stood in between:
 * a broken upstream must not fill our own log as fast as clients can ask.
 */
export function sparing (log: Logger, now: () => number = () => performance.now()): Warn {
  const seen = new Map<string, { at: number, times: number }>()
  return (fields, message) => {
    const key = `${String(fields.service ?? fields.route ?? '')} ${message}`
    const last = seen.get(key)
    if (last !== undefined && now() - last.at < pauseMs) {
      last.times++
      return
    }
    if (seen.size >= most) seen.clear()
    seen.set(key, { at: now(), times: 0 })
    log.warn({ ...fields, ...last !== undefined && last.times > 0 ? { times: last.times + 1 } : {} }, message)
  }
}
