import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'
import { ensureFolder, writeDurably } from '../../runtime/files.ts'
import type { StateWriter } from '../state-writes.ts'
import { fingerprint } from './fingerprint.ts'

const fingerprintSchema = z.strictObject({ sha256: z.string(), length: z.number().int().nonnegative() })

const entrySchema = z.strictObject({
  generation: z.string().min(1),
  path: z.string(),
  dev: z.string(),
  ino: z.string(),
  head: fingerprintSchema,
  start: fingerprintSchema.optional(),
  seam: fingerprintSchema,
  offset: z.number().int().nonnegative(),
  intents: z.array(z.strictObject({
    to: z.number().int().nonnegative(), seam: fingerprintSchema, lines: z.string().optional(),
  })),
  done: z.boolean(),
  size: z.number().int().nonnegative(),
  seen: z.number(),
  real: z.string().optional(),
  lost: z.number().int().nonnegative().optional(),
  trail: z.array(z.strictObject({
    from: z.number().int().nonnegative(), to: z.number().int().nonnegative(), at: z.number(), lines: z.string(),
  })).optional(),
})

const checkpointSchema = z.strictObject({ version: z.literal(1), input: z.string(), files: z.array(entrySchema) })

/**
 * One generation of a file: its content from the first byte to the truncation or the end, wherever it lives by now.
 * `head` and `start` are its beginning. `path` is where it was first found, `dev`/`ino` where it is now ('' when nowhere).
 * `intents` are the ends of ranges that were handed out and not committed, in order, with what the trail will know of them.
 * `done` says that everything was read and the file is closed. `size` is the file's size when it was seen last, `real` its
 * path without symbolic links if that is another, `trail` what is known of the lines that were read last, and `lost` how
 * many bytes were given up because nothing of it was found.
 */
export type Entry = z.output<typeof entrySchema>
export type Intent = Entry['intents'][number]

/** The durable positions of one input. */
export interface Checkpoint {
  /** True when the input has never run before. */
  readonly fresh: boolean
  readonly entries: Entry[]
  /** Makes the entries durable as they are now, when the disk has room for them; calls that overlap share a write. */
  save (): Promise<void>
}

/** Reads `<folder>/input-<id>.json`, or begins it; `writer` does its writes. Throws STATE_INVALID, or FOLDER_UNUSABLE. */
export async function openCheckpoint (folder: string, id: string, writer: StateWriter): Promise<Checkpoint> {
  await ensureFolder(folder)
  const path = join(folder, `input-${id}.json`)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new GatelensError('FOLDER_UNUSABLE', messageOf(error), { where: path, cause: error })
  })
  const entries = text === undefined ? [] : parse(text, path)
  return { fresh: text === undefined, entries, save: saver(path, id, entries, writer) }
}

/** The entry of a generation that nothing is known of yet. */
export function newEntry (path: string, stat: { dev: string, ino: string }): Entry {
  const nothing = fingerprint(Buffer.alloc(0))
  const generation = randomBytes(8).toString('hex')
  const { dev, ino } = stat
  return { generation, path, dev, ino, head: nothing, seam: nothing, offset: 0, intents: [], done: false, size: 0, seen: Date.now() }
}

function parse (text: string, path: string): Entry[] {
  try {
    return checkpointSchema.parse(JSON.parse(text)).files
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : 'it is no JSON'
    throw new GatelensError('STATE_INVALID', `the checkpoint is broken: ${reason.replace(/\s*\n\s*/g, ' ')}`, { where: path, cause: error })
  }
}

function saver (path: string, input: string, files: Entry[], writer: StateWriter): () => Promise<void> {
  let running: Promise<void> | undefined
  let waiting: Promise<void> | undefined
  const write = (): Promise<void> => {
    const content = `${JSON.stringify({ version: 1, input, files }, null, 1)}\n`
    running = writer(() => writeDurably(path, content)).then((written) => {
      if (!written) throw unwritable(path, 'the disk is full')
    }, (error: unknown) => {
      throw unwritable(path, error)
    }).finally(() => { running = undefined })
    return running
  }
  return () => {
    if (running === undefined) return write()
    // The write under way may have taken an older state; the next one takes this state and that of all who wait.
    waiting ??= running.catch(() => {}).then(() => { waiting = undefined; return write() })
    return waiting
  }
}

function unwritable (path: string, reason: unknown): GatelensError {
  return new GatelensError('FOLDER_UNUSABLE', `cannot write the checkpoint: ${messageOf(reason)}`, { where: path, cause: reason })
}
