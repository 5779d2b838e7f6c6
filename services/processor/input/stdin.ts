/**
 * The stdin input: reads what is piped into the process, `tail -F access.log | gatelens processor …`, and ends the input at its end. A
 * pipe cannot be read twice: what was read and not stored when the process dies is lost, which the file input avoids.
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import { byteSize, duration } from '../../runtime/units.ts'
import { sourceOf } from '../contract.ts'
import type { Input, RawRecord, RecordBatch } from '../contract.ts'
import { formatSchema } from '../format.ts'
import { cuttingOf, framingOption } from '../framing.ts'
import { defineInput } from './definition.ts'
import type { InputContext } from './definition.ts'
import type { LongLine } from './lines.ts'
import { lingerFor, lingerHelp } from './linger.ts'
import { rejectLong } from './long-lines.ts'
import { Pull } from './pull.ts'
import { splitLines } from './stream-lines.ts'
import type { StreamLines } from './stream-lines.ts'

export const stdinInputSchema = z.strictObject({
  type: z.literal('stdin'),
  name: z.string().regex(/^[\w.-]+$/, 'letters, digits, _, . and - only').default('stdin').describe('Id of the input: the source of its events.'),
  format: formatSchema.prefault('kong').describe('Log format: a name, or an object of `type` and options.'),
  framing: framingOption,
  batch: z.strictObject({
    records: z.number().int().min(1).max(1_000_000).default(20_000).describe('So many records make a batch; one piece of the pipe more may be in it.'),
    bytes: byteSize.default(16 * 1024 ** 2).describe('So many bytes make a batch, however few records they are.'),
    linger: duration.default(1000).describe(lingerHelp),
  }).prefault({}),
  max_record_bytes: byteSize.default(1024 ** 2).describe('A longer record is rejected as too_long and never held in memory.'),
})

/** The checked form of {@link stdinInputSchema}. */
export type StdinInputOptions = z.output<typeof stdinInputSchema>

/**
 * Reads a stream as {@link stdinInputSchema} says; positions count its bytes, in a partition of this run. While no batch is asked for,
 * nothing is read. When the stream fails, what came before is handed out, and then iteration throws INPUT_UNREADABLE. The stream is
 * closed when iteration ends: a pipe that nobody closes would keep the process.
 */
export function createStdinInput (options: StdinInputOptions, context: Pick<InputContext, 'signal' | 'readiness' | 'lag'>, stream: Readable = process.stdin): Input {
  return {
    async * [Symbol.asyncIterator] () {
      try {
        yield * readStream(options, context, stream)
      } finally {
        stream.destroy()
      }
    },
  }
}

/** The definition of the stdin input. */
export const stdinInput = defineInput({
  type: 'stdin',
  options: stdinInputSchema,
  example: {},
  uncommitted: 'lost',
  single: 'there is one standard input only',
  idOf: ({ name }) => name,
  create: (options, context) => createStdinInput(options, context),
})

/** What was read and not handed out. */
interface Held { records: RawRecord[], tooLong: LongLine[], from: number, to: number, since: number }

async function * readStream (
  options: StdinInputOptions, { signal, readiness, lag }: Pick<InputContext, 'signal' | 'readiness' | 'lag'>, stream: Readable
): AsyncGenerator<RecordBatch, void> {
  const { name: input, batch: { records, bytes, linger }, max_record_bytes: maxBytes } = options
  const partition = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`
  const pieces = new Pull(splitLines(stream, cuttingOf(options.framing, maxBytes)))
  let held: Held = { records: [], tooLong: [], from: 0, to: 0, since: 0 }
  const tell = (): void => {
    readiness.input(input, { lag_bytes: held.to - held.from })
    lag.waits(input, held.to > held.from)
  }
  const handOut = (): RecordBatch => {
    const range = { input, partition, from: held.from, to: held.to }
    const batch = { range, records: held.records, rejects: rejectLong(held.tooLong, sourceOf(range), maxBytes), commit: async () => {} }
    held = { records: [], tooLong: [], from: range.to, to: range.to, since: 0 }
    tell()
    return batch
  }
  tell()
  let failure: { error: unknown } | undefined
  for (let isOpen = true; isOpen && !signal.aborted;) {
    const isFull = held.records.length >= records || held.to - held.from >= bytes
    const wait = held.since === 0 ? Infinity : held.since + lingerFor(held.to - held.from, linger) - Date.now()
    if (isFull || wait <= 0) {
      yield handOut()
      continue
    }
    const piece = await pieces.next(wait, signal).catch((error: unknown) => { failure = { error } })
    if (piece?.done !== true && piece !== undefined) held = add(held, piece.value)
    isOpen = failure === undefined && piece?.done !== true
    tell()
  }
  if (held.to > held.from) yield handOut()
  if (failure !== undefined) throw new GatelensError('INPUT_UNREADABLE', messageOf(failure.error), { where: 'standard input', cause: failure.error })
}

function add (held: Held, { records, tooLong, to }: StreamLines): Held {
  for (const record of records) held.records.push(record)
  held.tooLong.push(...tooLong)
  return { ...held, to, since: held.since === 0 && to > held.from ? Date.now() : held.since }
}
