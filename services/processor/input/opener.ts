import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { openContent } from './content.ts'
import type { Content } from './content.ts'

/** Opens input files, and says of each file once why it cannot be read. */
export class Opener {
  readonly #follow: boolean
  readonly #log: Logger
  /** What was said last of a file that cannot be read, by its path. */
  readonly #complaints = new Map<string, string>()

  /** With `follow`, a file that cannot be read is a warning; without it, it is an error. */
  constructor (follow: boolean, log: Logger) {
    this.#follow = follow
    this.#log = log
  }

  /** The content of a file; undefined when it is gone or must be tried again. Throws INPUT_UNREADABLE. */
  async open (path: string): Promise<Content | undefined> {
    try {
      const content = await openContent(path)
      this.#complaints.delete(path)
      return content
    } catch (error) {
      if (!this.#follow) throw new GatelensError('INPUT_UNREADABLE', messageOf(error), { where: path, cause: error })
      if (systemCode(error) === 'ENOENT') this.#complaints.delete(path)
      else this.complain(path, error)
      return undefined
    }
  }

  /** Says why a file cannot be read, unless that was said already. */
  complain (path: string, error: unknown): void {
    const reason = messageOf(error)
    if (this.#complaints.get(path) === reason) return
    this.#complaints.set(path, reason)
    this.#log.warn({ code: 'INPUT_UNREADABLE', path, reason }, 'an input file cannot be read; it is tried again')
  }

  /** How many files cannot be read at the moment. */
  get unreadable (): number {
    return this.#complaints.size
  }
}
