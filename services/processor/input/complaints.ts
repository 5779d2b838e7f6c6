import { dirname } from 'node:path'
import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'

/** What of an input the system refuses to open or to read at the moment. Each is said once, and again when the reason changes. */
export class Complaints {
  /** False when nothing is waited for, and what cannot be read is an error. */
  readonly follow: boolean
  readonly #log: Logger
  /** What was said last of a path, and in which round it was true for the last time. */
  readonly #reasons = new Map<string, { reason: string, round: number }>()
  #round = 0

  constructor (follow: boolean, log: Logger) {
    this.follow = follow
    this.#log = log
  }

  /** Says why something cannot be read. Throws INPUT_UNREADABLE when nothing is waited for. */
  about (path: string, error: unknown): void {
    const reason = messageOf(error)
    if (!this.follow) throw new GatelensError('INPUT_UNREADABLE', reason, { where: path, cause: error })
    const known = this.#reasons.get(path)
    this.#reasons.set(path, { reason, round: this.#round })
    if (known?.reason === reason) return
    this.#log.warn({ code: 'INPUT_UNREADABLE', path, reason }, 'an input file cannot be read; it is tried again')
  }

  /** Begins a look at everything: what is refused still must be complained about again. */
  startRound (): void {
    this.#round++
  }

  /** Ends the look: what nobody complained about in it is readable again, or gone. */
  endRound (): void {
    for (const [path, { round }] of this.#reasons) {
      if (round === this.#round) continue
      this.#reasons.delete(path)
      this.#log.info({ path }, 'an input file that could not be read is readable again, or gone')
    }
  }

  /** True when a file, or a folder above it, could not be read: nobody knows whether the file is there. */
  covers (path: string): boolean {
    if (this.#reasons.size === 0) return false
    for (let at = path; ; at = dirname(at)) {
      if (this.#reasons.has(at)) return true
      if (dirname(at) === at) return false
    }
  }

  /** How much cannot be read at the moment. */
  get count (): number {
    return this.#reasons.size
  }
}

/** True for what the system says when it refuses a file (`EIO`, `EACCES`, …); false for mistakes of ours. */
export function isSystemError (error: unknown): boolean {
  return /^E(?!RR_)[A-Z0-9]+$/.test(systemCode(error))
}

/** True when the system says that there is no such file. */
export function isGone (error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error))
}

/** True when an open file will never be readable again, although the file itself may be: its file system went away or forgot it. */
export function isDeadHandle (error: unknown): boolean {
  return ['ESTALE', 'ENOTCONN', 'ENODEV', 'ENXIO'].includes(systemCode(error))
}
