/**
 * The http input: takes POSTs of one JSON object, an array, NDJSON or lines of text, as the http-log plugin of Kong and most shippers of
 * logs send them. It answers 200 once all of a body is stored, or safe in the spool. What is sent again changes nothing: records are known
 * by their event ids, and those without a request id of the gateway by the body and their place in it.
 */
import { randomBytes } from 'node:crypto'
import type { Input, RecordBatch } from '../contract.ts'
import { defineInput } from './definition.ts'
import { createBatch } from './http-batch.ts'
import { openDoor } from './http-door.ts'
import type { Door, HttpContext } from './http-door.ts'
import { httpInputSchema } from './http-options.ts'
import type { HttpInputOptions } from './http-options.ts'
import { BodyQueue } from './http-queue.ts'
import { RepeatWindow } from './repeat-window.ts'
import { Sleeper } from './sleeper.ts'

/**
 * Listens as {@link httpInputSchema} says, and hands out what comes in. It refuses everything with 503 until it knows what the store has
 * already. When the signal aborts, what was handed out is still answered. Throws PORT_IN_USE.
 */
export async function createHttpInput (options: HttpInputOptions, context: HttpContext): Promise<Input> {
  const queue = new BodyQueue()
  const sleeper = new Sleeper()
  const door = await openDoor(options, context, (body) => {
    queue.add(body)
    sleeper.wake()
  })
  return {
    async * [Symbol.asyncIterator] () {
      let isDone = false
      try {
        yield * handOut(options, context, door, { queue, sleeper })
        isDone = true
      } finally {
        for (const body of queue.clear()) body.dropped()
        // Whoever waits for an answer to what was handed out gets it, unless nobody will commit it any more.
        door.close(!isDone)
      }
    },
  }
}

/** The definition of the http input. */
export const httpInput = defineInput({
  type: 'http',
  options: httpInputSchema,
  example: {},
  uncommitted: 'resent',
  idOf: ({ name }) => name,
  create: createHttpInput,
})

interface Waiting { queue: BodyQueue, sleeper: Sleeper }

async function * handOut (
  options: HttpInputOptions, context: HttpContext, door: Door, { queue, sleeper }: Waiting
): AsyncGenerator<RecordBatch, void> {
  const { name: input, batch: { records, bytes, linger }, repeats } = options
  const { signal, lag } = context
  const source = sourceOfInput(input)
  const window = new RepeatWindow(repeats)
  try {
    await context.recall(source, repeats, window, signal)
  } catch (error) {
    if (signal.aborted) return
    throw error
  }
  door.open()
  const partition = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`
  let from = 0
  while (!signal.aborted) {
    const isFull = queue.records >= records || queue.bytes >= bytes
    const wait = queue.length === 0 ? Infinity : queue.since + linger - Date.now()
    lag.waits(input, queue.length > 0)
    if (!isFull && wait > 0) {
      await sleeper.sleep(wait, signal)
      continue
    }
    const pieces = queue.take({ records, bytes })
    const to = from + pieces.reduce((sum, piece) => sum + piece.bytes, 0)
    yield createBatch({ input, partition, from, to }, pieces, { source, window, maxRecordBytes: options.max_record_bytes })
    from = to
  }
}

/** The same in every run, so that the ids of records that have none of their own are the same when they are sent again. */
function sourceOfInput (input: string): string {
  return `${input}:http`
}
