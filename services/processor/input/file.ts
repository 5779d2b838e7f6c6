/**
 * The file input: follows the access logs that a gateway writes, over rotation by rename, by copy and truncation, and
 * into gzip'd copies. A position is a byte of a file's content since its first byte; the content keeps its generation id
 * wherever rotation moves it. Lines are records; empty lines are none; `\r\n` ends a line as `\n` does. What follows the
 * last line end is a record only once the file has ended: it is not followed, or it was rotated away and rests.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { GatelensError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { pause } from '../../runtime/shutdown.ts'
import { byteSize, duration } from '../../runtime/units.ts'
import { sourceOf } from '../contract.ts'
import type { Input, RecordBatch } from '../contract.ts'
import { formatSchema } from '../format.ts'
import { cuttingOf, framingOption } from '../framing.ts'
import type { Cutting } from '../framing.ts'
import { createStateWriter } from '../state-writes.ts'
import { openCheckpoint } from './checkpoint.ts'
import type { Checkpoint, Intent } from './checkpoint.ts'
import { defineInput } from './definition.ts'
import type { InputContext } from './definition.ts'
import { FileSet } from './file-set.ts'
import { Flight } from './flight.ts'
import { beginningOf, fingerprint, readHead, startsWith } from './fingerprint.ts'
import { lingerFor, lingerHelp } from './linger.ts'
import { rejectLong } from './long-lines.ts'
import { ReadBuffers } from './read-buffers.ts'
import { isOverdue, readAgain, readSlice } from './tail.ts'
import type { Limits, Slice, Tail } from './tail.ts'
import { extend, marksOf } from './trail.ts'

export const fileInputSchema = z.strictObject({
  type: z.literal('file'),
  name: z.string().regex(/^[\w.-]+$/, 'letters, digits, _, . and - only').default('file')
    .describe('Id of the input: names its checkpoint and the source of its events. Positions start anew when it changes.'),
  paths: z.array(z.string().min(1)).min(1).describe('Files or globs, relative to the configuration file; gzip is recognised by content.'),
  rotated: z.array(z.string().min(1)).default([])
    .describe('Globs of further files to look at when the rest of a log is looked for: of a folder that rotation moves files to.'),
  format: formatSchema.prefault('kong').describe('Log format: a name, or an object of `type` and options.'),
  framing: framingOption,
  follow: z.boolean().default(true).describe('Wait for more; false ends the process at the end of the files.'),
  start_at: z.enum(['beginning', 'end']).default('beginning').describe('Where to begin in files that exist at the very first start.'),
  batch: z.strictObject({
    records: z.number().int().min(1).max(1_000_000).default(20_000).describe('Most records of one batch.'),
    bytes: byteSize.default(16 * 1024 ** 2).describe('Most bytes of one batch.'),
    linger: duration.default(1000).describe(lingerHelp),
  }).prefault({}),
  max_record_bytes: byteSize.default(1024 ** 2).describe('A longer record is rejected as too_long and never held in memory.'),
  poll: duration.default(250).describe('How often the files are looked at.'),
  rotation_grace: duration.default(10_000)
    .describe('How long a file that was rotated away must rest before it is closed, and how long the last piece of a record that came in pieces is waited for.'),
  on_cut: z.enum(['continue', 'reread']).default('continue')
    .describe('What to do with a log that was cut off and begins as before, as after a power cut: go on behind what is left of the ' +
      'records that were read, or read it from its start, so that those are stored twice.'),
  forget: duration.default(7 * 86_400_000).describe('How long the position of a file that is gone is remembered.'),
})

export type FileInputOptions = z.output<typeof fileInputSchema>

/**
 * Reads files as {@link fileInputSchema} says. At most one pass at a time; the records of a batch are valid until
 * `ahead` of the context and one more batches are asked for. Several batches may await their commit; commits must come in the
 * order of the batches. Iteration throws STATE_INVALID, FOLDER_UNUSABLE, and INPUT_UNREADABLE when there is nothing to read
 * and to wait for.
 */
export function createFileInput (options: FileInputOptions, context: Omit<InputContext, 'recall'>): Input {
  return { [Symbol.asyncIterator]: () => readFiles(options, context) }
}

/** The definition of the file input. */
export const fileInput = defineInput({
  type: 'file', options: fileInputSchema, example: { paths: ['access.log'] }, uncommitted: 'replayed', idOf: ({ name }) => name, create: createFileInput,
})

async function * readFiles (options: FileInputOptions, context: Omit<InputContext, 'recall'>): AsyncGenerator<RecordBatch, void> {
  const checkpoint = await openCheckpoint(context.state, options.name, createStateWriter(`the checkpoint of ${options.name}`, context))
  const patterns = options.paths.map((path) => resolve(context.base, path))
  const { name, follow, start_at: startAt, forget, on_cut: onCut } = options
  const cutting = cuttingOf(options.framing, options.max_record_bytes)
  const rotated = options.rotated.map((path) => resolve(context.base, path))
  const flight = new Flight()
  const settings = { name, patterns, rotated, follow, startAt, forget, onCut, grace: options.rotation_grace, cutting }
  const files = new FileSet(settings, checkpoint, flight, context)
  const reader = new Reader(options, cutting, checkpoint, files, flight, context.ahead ?? 0)
  const tell = (): void => {
    context.readiness.input(name, { lag_bytes: reader.lag(), unreadable: files.unreadable })
    context.lag.waits(options.name, reader.waits())
  }
  try {
    if (await files.refresh() === 0) nothingToRead(options, patterns, context.log)
    await checkpoint.save()
    while (!context.signal.aborted) {
      let idle = true
      for (const tail of reader.inOrder()) {
        // What waits is told before it is handed out: that may take long, on a disk that is full.
        tell()
        const batch = await reader.next(tail)
        if (batch === undefined) continue
        idle = false
        yield batch
        if (context.signal.aborted) return
      }
      tell()
      if (idle && !options.follow && files.tails.length === 0) return
      if (idle && options.follow) await pause(options.poll, context.signal)
      if (reader.isTimeToLook(idle)) await files.refresh()
    }
  } finally {
    await files.close()
  }
}

function nothingToRead (options: FileInputOptions, patterns: string[], log: Logger): void {
  if (!options.follow) throw new GatelensError('INPUT_UNREADABLE', 'no file matches', { where: patterns.join(', ') })
  log.warn({ paths: patterns }, 'no input file yet; waiting for one')
}

/** Cuts batches out of files. */
class Reader {
  readonly #options: FileInputOptions
  readonly #limits: Limits
  readonly #checkpoint: Checkpoint
  readonly #files: FileSet
  readonly #flight: Flight
  readonly #buffers: ReadBuffers
  #lookedAt = Date.now()

  constructor (
    options: FileInputOptions, cutting: Cutting, checkpoint: Checkpoint, files: FileSet, flight: Flight, ahead: number
  ) {
    this.#options = options
    this.#limits = { records: options.batch.records, cutting, patience: options.rotation_grace }
    this.#checkpoint = checkpoint
    this.#files = files
    this.#flight = flight
    this.#buffers = new ReadBuffers(Math.max(options.batch.bytes, options.max_record_bytes + 2), ahead)
  }

  /** Files with ranges to redo come first. */
  inOrder (): Tail[] {
    return this.#files.tails.toSorted((a, b) => Number(b.redo.length > 0) - Number(a.redo.length > 0))
  }

  isTimeToLook (idle: boolean): boolean {
    if (!idle && Date.now() - this.#lookedAt < this.#options.poll) return false
    this.#lookedAt = Date.now()
    return true
  }

  lag (): number {
    const lagOf = ({ content, stat, entry, limit }: Tail): number =>
      limit !== undefined ? 0 : content.gzip ? stat.size : Math.max(0, stat.size - entry.offset)
    return this.#files.tails.reduce((sum, tail) => sum + lagOf(tail), 0)
  }

  /** True while there is something that was not handed out; the beginning of a record that was read in vain does not count. */
  waits (): boolean {
    return this.#files.tails.some(({ redo, stat, position, fruitless, content }) =>
      redo.length > 0 || (fruitless !== stat.size && (content.gzip || stat.size > position)))
  }

  /** The next batch of a file; undefined when there is none now, also because the system refuses to read it. */
  async next (tail: Tail): Promise<RecordBatch | undefined> {
    if (this.#files.isResting(tail)) return undefined
    try {
      const batch = await this.#next(tail)
      tail.failure = undefined
      return batch
    } catch (error) {
      this.#files.refuse(tail, error)
      return undefined
    }
  }

  async #next (tail: Tail): Promise<RecordBatch | undefined> {
    const redo = tail.redo[0]
    if (redo !== undefined) return this.#redo(tail, redo)
    if (tail.limit !== undefined) return this.#endCut(tail)
    if (!this.#isDue(tail)) return undefined
    const slice = await readSlice(tail, this.#buffers.current, this.#limits, () => this.#isFinal(tail))
    if (!await this.#isSameFile(tail)) return this.#lose(tail)
    if (slice !== undefined) return this.#handOut(tail, slice)
    tail.fruitless = tail.stat.size
    if (this.#isFinal(tail)) await this.#retire(tail)
    return undefined
  }

  async #redo (tail: Tail, intent: Intent): Promise<RecordBatch | undefined> {
    const to = tail.limit === undefined ? intent.to : Math.max(tail.position, Math.min(intent.to, tail.limit))
    const slice = await readAgain(tail, to, this.#buffers.size, this.#limits)
    if (slice === undefined) return this.#lose(tail)
    tail.redo.shift()
    return { ...this.#batch(tail, slice, intent), again: true }
  }

  /** True when it is worth reading: a full batch, or some records that were waited for long enough. */
  #isDue (tail: Tail): boolean {
    if (!this.#options.follow || tail.content.gzip) return true
    const waiting = tail.stat.size - tail.position
    if (this.#isFinal(tail) || waiting >= this.#options.batch.bytes) return true
    if (waiting === 0) return false
    if (tail.fruitless === tail.stat.size) return isOverdue(tail, this.#limits.patience)
    tail.waitingSince ??= Date.now()
    return Date.now() - Math.min(tail.waitingSince, tail.stat.modified) >= lingerFor(waiting, this.#options.batch.linger)
  }

  #isFinal (tail: Tail): boolean {
    if (tail.content.ending === 'complete') return true
    const resting = Date.now() - tail.changedAt >= this.#options.rotation_grace
    if (tail.content.gzip) return tail.content.ending === 'broken' && (!this.#options.follow || resting)
    return !this.#options.follow || (!tail.attached && resting)
  }

  /** A file that was truncated and written again between two looks gives itself away by its first bytes. */
  async #isSameFile (tail: Tail): Promise<boolean> {
    if (tail.content.gzip) return true
    const head = await readHead(tail.content)
    if (!startsWith(head, tail.entry.head)) return false
    if (head.length > tail.entry.head.length) Object.assign(tail.entry, beginningOf(head))
    return this.#isSameBehind(tail)
  }

  /** A file that was cut off and has grown past its position since gives itself away by the bytes before that. */
  async #isSameBehind ({ content, entry, position }: Tail): Promise<boolean> {
    const { seam, offset } = this.#flight.reachOf(entry)
    if (offset !== position || seam.length === 0) return true
    const bytes = Buffer.allocUnsafe(seam.length)
    return await content.read(bytes, position - seam.length) === seam.length && fingerprint(bytes).sha256 === seam.sha256
  }

  async #handOut (tail: Tail, slice: Slice): Promise<RecordBatch> {
    if (tail.content.gzip && tail.position === 0) Object.assign(tail.entry, beginningOf(await readHead(tail.content)))
    if (!tail.known) this.#checkpoint.entries.push(tail.entry)
    tail.known = true
    tail.entry.intents.push(slice.intent)
    if (!tail.content.gzip) slice.intent.lines = marksOf(slice.lines)
    await this.#checkpoint.save()
    this.#buffers.turn()
    return this.#batch(tail, slice, slice.intent)
  }

  #batch (tail: Tail, slice: Slice, intent: Intent): RecordBatch {
    const { entry } = tail
    const range = { input: this.#options.name, partition: entry.generation, from: tail.position, to: intent.to }
    if (tail.stat.size <= intent.to) tail.waitingSince = undefined
    this.#flight.add(intent)
    tail.position = intent.to
    const rejects = rejectLong(slice.tooLong, sourceOf(range), this.#options.max_record_bytes)
    return { range, records: slice.records, rejects, commit: () => this.#commit(tail, intent) }
  }

  async #commit ({ entry }: Tail, intent: Intent): Promise<void> {
    if (entry.intents[0] !== intent) throw new GatelensError('INTERNAL', 'batches must be committed in their order')
    entry.intents.shift()
    const { to, lines } = intent
    if (lines !== undefined) entry.trail = extend(entry.trail ?? [], { from: entry.offset, to, at: Date.now(), lines })
    entry.offset = intent.to
    entry.seam = intent.seam
    await this.#checkpoint.save()
  }

  async #lose (tail: Tail): Promise<undefined> {
    await this.#files.lose(tail)
    return undefined
  }

  async #endCut (tail: Tail): Promise<undefined> {
    await this.#files.endCut(tail)
    await this.#checkpoint.save()
    return undefined
  }

  async #retire (tail: Tail): Promise<void> {
    await this.#files.retire(tail)
    await this.#checkpoint.save()
  }
}
