import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { sourceFolder } from '../../built.ts'
import { web } from './web.ts'
import type { Web } from './web.ts'

/** One recorded request and its answer. */
export interface Exchange { method: string, path: string, body?: unknown, status: number, headers: Record<string, string>, answer: unknown }

/** The exchanges of a recording below this folder. */
export function recording (file: string): Exchange[] {
  return JSON.parse(readFileSync(join(sourceFolder(import.meta.dirname), file), 'utf8')) as Exchange[]
}

/** What a server plays. `interfere` may answer a request in place of the recording, by returning true. */
export interface PlaybackOptions {
  exchanges: readonly Exchange[]
  /** Header and value that every request must have; without them the answer is `refusal`. */
  credential?: [name: string, value: string]
  refusal?: Exchange
  interfere?: (request: IncomingMessage, response: ServerResponse, count: number) => boolean
}

/** A server that answers by method, path, query (in any order) and body as recorded, and 404 to what was not. */
export async function playback (options: PlaybackOptions): Promise<Web> {
  let count = 0
  return await web((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => { body += piece.toString() })
    request.on('end', () => {
      if (options.interfere?.(request, response, ++count) === true) return
      const [name, value] = options.credential ?? ['', undefined]
      const exchange = name !== '' && request.headers[name] !== value ? options.refusal : find(options.exchanges, request, body)
      const { status, headers, answer } = exchange ?? { status: 404, headers: {}, answer: '' }
      response.writeHead(status, headers).end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
}

function find (exchanges: readonly Exchange[], { method, url = '' }: IncomingMessage, body: string): Exchange | undefined {
  const sent: unknown = body === '' ? undefined : JSON.parse(body)
  return exchanges.find((exchange) =>
    exchange.method === method && sorted(exchange.path) === sorted(url) && isDeepStrictEqual(exchange.body, sent))
}

function sorted (path: string): string {
  const url = new URL(path, 'http://x')
  url.searchParams.sort()
  return url.href
}
