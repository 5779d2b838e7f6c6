import { setTimeout as wait } from 'node:timers/promises'
import { FetchError } from './fetch-error.ts'
import { fetchText } from './http.ts'

/** A server that is asked many times: its credentials, its limits, and how patiently it is asked. */
export interface Server {
  headers: Record<string, string>
  maxBytes: number
  timeoutMs: number
  signal?: AbortSignal
  /** Wait before the second try, doubled before each further one, unless the server names a time. */
  backoffMs: number
  /** Called before an answer is parsed. */
  begin?: (() => void) | undefined
}

const tries = 4
const longestWaitMs = 30_000

/**
 * Asks for JSON. What may pass (429, 5xx, time limits, broken connections) is tried again a few times, after the wait
 * that the server names if it names one. Throws FetchError.
 */
export async function fetchJson (url: URL, server: Server, json?: unknown): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(url, server, json)
    } catch (error) {
      const pause = pauseAfter(error, server.backoffMs * 2 ** (attempt - 1))
      if (attempt === tries || pause === undefined) throw error
      await wait(pause, undefined, { signal: server.signal }).catch(() => { throw error })
    }
  }
}

/** A server that asks for a long wait is left alone until the next refresh. */
function pauseAfter (error: unknown, backoffMs: number): number | undefined {
  if (!(error instanceof FetchError) || !error.retriable) return undefined
  const pause = error.retryAfterMs ?? backoffMs
  return pause > longestWaitMs ? undefined : pause
}

async function ask (url: URL, { headers, maxBytes, timeoutMs, signal, begin }: Server, json: unknown): Promise<unknown> {
  const answer = await fetchText(url.href, { headers, maxBytes, timeoutMs, signal, redirects: 3, json })
  const text = answer.status === 'fresh' ? answer.text : ''
  begin?.()
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new FetchError('the answer is not JSON', { url, hint: 'Check that the URL is that of the API, not of a page for people.' })
  }
}
