import type { ClickHouseClient } from '@clickhouse/client'
import { messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { pause } from '../../runtime/shutdown.ts'
import { publishDeclared } from './declared.ts'
import type { Declared } from './declared.ts'

export interface DeclaredOptions {
  /** A client of the writer's own; the writer closes it. */
  client: ClickHouseClient
  database: string
  /** What is to be in the store; undefined while nothing is to be changed there. */
  declared: () => Declared | undefined
  log: Logger
}

/** First and longest pause before another try, ms. */
const pauses = { first: 1000, longest: 60_000 }

/** Keeps what the store has of the catalog the same as the catalog in use; one write at a time. */
export class DeclaredWriter {
  readonly #options: DeclaredOptions
  readonly #stopping = new AbortController()
  #writing: Promise<void> = Promise.resolve()
  #written = ''
  #isReady = false
  #isCatchingUp = false

  constructor (options: DeclaredOptions) {
    this.#options = options
  }

  /** Writes the catalog in use, once the tables are there. Rejects with the client's error. */
  async write (): Promise<void> {
    this.#written = ''
    await this.#next()
    this.#isReady = true
  }

  /** The catalog is another one: writes it when the store takes it. Before the first `write` there is nothing to do. */
  async catchUp (): Promise<void> {
    if (!this.#isReady || this.#isCatchingUp) return
    this.#isCatchingUp = true
    const { signal } = this.#stopping
    for (let wait = pauses.first; !signal.aborted; wait = Math.min(wait * 2, pauses.longest)) {
      try {
        await this.#next()
        break
      } catch (error) {
        if (wait === pauses.first) this.#options.log.warn({ reason: messageOf(error) }, 'the catalog cannot be written to the store; trying again')
        await pause(wait, signal)
      }
    }
    this.#isCatchingUp = false
  }

  async close (): Promise<void> {
    this.#stopping.abort()
    await this.#writing.catch(() => {})
    await this.#options.client.close()
  }

  async #next (): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(async () => { await this.#publish() })
    await this.#writing
  }

  async #publish (): Promise<void> {
    const { client, database, declared } = this.#options
    for (let now = declared(); now !== undefined && now.digest !== this.#written; now = declared()) {
      await publishDeclared(client, database, now)
      this.#written = now.digest
    }
  }
}
