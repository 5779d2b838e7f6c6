import type { ServerResponse } from 'node:http'
import { createExceptionTag, exceptionTail, setFormatHeaders, setSummary } from './answer.ts'
import { encodeBlocks } from './blocks.ts'
import { reviseNative } from './native/revision.ts'
import type { StoreException } from './exception.ts'
import { read, ready } from './select.ts'
import type { Result } from './select.ts'

export interface RowsAnswer {
  result: Result
  format: string
  /** Content coding, as the engine named it when it was asked to compress. */
  encoding: string
  /** ClickHouse's block framing around it. */
  framed: boolean
  /** Revision of the protocol that Native blocks shall have. */
  revision: number
  /** Nothing is sent before the query has ended. */
  wait: boolean
  /** Resolves when the engine and the session are free for the client's next query. */
  released: Promise<void>
  version: string
}

/**
 * Sends a result while the engine still writes it. An error before the first byte is thrown; after that the stream is
 * cut, with the exception's text at its end where the coding allows it, as the server does.
 */
export async function sendRows (response: ServerResponse, answer: RowsAnswer): Promise<void> {
  const { result, format, encoding, framed } = answer
  const outcome = answer.wait ? await result.done : await ready(result)
  const tag = createExceptionTag()
  setFormatHeaders(response, format, encoding)
  setSummary(response, outcome, 'read')
  response.setHeader('X-ClickHouse-Exception-Tag', tag)
  response.writeHead(200)
  try {
    const rows = format === 'Native' && answer.revision > 0 ? reviseNative(read(result), answer.revision) : read(result)
    for await (const chunk of framed ? encodeBlocks(rows) : rows) {
      if (response.destroyed) return
      if (!response.write(chunk)) await drained(response)
    }
    await answer.released
    response.end()
  } catch (error) {
    if (encoding === 'none' && !framed) response.write(exceptionTail(error as StoreException, answer.version, tag))
    // The last chunk never comes: that is how a client learns, whatever it makes of the text, that the answer is cut.
    response.socket?.destroySoon()
  }
}

/** Tells when the client has gone before it had its answer. */
export function whenAbandoned (response: ServerResponse, act: () => void): void {
  response.once('close', () => { if (!response.writableFinished) act() })
}

async function drained (response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
