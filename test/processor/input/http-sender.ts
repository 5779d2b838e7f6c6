/** Sends bodies to an http input as shippers do: again and again until it says that they are stored. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { pause } from '../../../services/runtime/shutdown.ts'

/** An answer of the input. */
export interface Answer { status: number, headers: IncomingMessage['headers'], body: Record<string, unknown> }

/** POSTs once. Rejects when the connection ends without an answer. */
export async function post (url: string, body: string | Buffer, { headers = {}, method = 'POST', ...rest }: RequestOptions = {}): Promise<Answer> {
  const given = Object.entries({ 'content-length': Buffer.byteLength(body), ...headers }).filter(([, value]) => value !== undefined)
  const sent = request(url, { method, headers: Object.fromEntries(given), agent: false, ...rest })
  sent.end(body)
  const [response] = await once(sent, 'response') as [IncomingMessage]
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString()
  return { status: response.statusCode ?? 0, headers: response.headers, body: text === '' ? {} : JSON.parse(text) as Record<string, unknown> }
}

/** A sender whose bodies are taken in the order in which it has them, each while those before it wait for their answers. */
export class Sender {
  readonly #url: string
  readonly #bodies: Array<{ text: string, sent: boolean, taken: boolean }> = []
  readonly #closing = new AbortController()
  #changed: () => void = () => {}

  constructor (url: string) {
    this.#url = url
    this.#run().catch(() => {})
  }

  send (bodies: readonly string[]): void {
    this.#bodies.push(...bodies.map((text) => ({ text, sent: false, taken: false })))
    this.#changed()
  }

  /** Called when the input says that it holds more than before. */
  noteTaken (): void {
    const body = this.#bodies.find(({ sent, taken }) => sent && !taken)
    if (body !== undefined) body.taken = true
    this.#changed()
  }

  /** How many bodies the input has, and has not answered. */
  get taken (): number {
    return this.#bodies.filter(({ taken }) => taken).length
  }

  close (): void {
    this.#closing.abort()
    this.#changed()
  }

  async #run (): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const changed = new Promise<void>((resolve) => { this.#changed = resolve })
      const next = this.#bodies.find(({ sent }) => !sent)
      const isFree = this.#bodies.every(({ sent, taken }) => !sent || taken)
      if (next === undefined || !isFree) {
        await changed
        continue
      }
      next.sent = true
      this.#post(next).catch(() => {})
    }
  }

  async #post (body: { text: string, sent: boolean, taken: boolean }): Promise<void> {
    const answer = await post(this.#url, body.text, { headers: { 'content-type': 'text/plain' } }).catch(() => undefined)
    if (answer?.status === 200) this.#bodies.splice(this.#bodies.indexOf(body), 1)
    else {
      await pause(5, this.#closing.signal)
      body.sent = false
      body.taken = false
    }
    this.#changed()
  }
}
