import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { createFileInput, fileInputSchema } from '../../../services/processor/input/file.ts'
import type { InputState, RecordBatch } from '../../../services/processor/contract.ts'
import { pause } from '../../../services/runtime/shutdown.ts'
import { temporaryFolder } from '../../folder.ts'

/** A folder of the test's own; see {@link temporaryFolder}. */
export function makeFolder (_t: TestContext): string {
  return temporaryFolder()
}

/** A folder with an empty one for logs, and the path of a log in that. */
export function setUp (t: TestContext): { folder: string, log: string } {
  const folder = makeFolder(t)
  mkdirSync(join(folder, 'logs'))
  return { folder, log: join(folder, 'logs', 'access.log') }
}

/** The numbered records from `from` to `to - 1`, each of them different, as the lines of a log. */
export function lines (from: number, to: number): string {
  return numbers(from, to).map((text) => `${text}\n`).join('')
}

/** The same records as they are read. */
export function numbers (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `record number ${from + index}`)
}

/** Waits until it holds; the test's own time is the bound. */
export async function until (holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5)
}

/** What one batch gave, kept after the input has moved on. */
export interface Seen { partition: string, from: number, to: number, texts: string[], offsets: number[], tooLong: number[], again: boolean }

export interface Reading {
  next (): Promise<Seen | undefined>
  /** Commits what was handed out and is not committed, in its order. */
  commit (): Promise<void>
  /** Takes and commits batches until `count` records came (or the end). */
  take (count: number): Promise<string[]>
  stop (): Promise<void>
  lag: number
  /** What cannot be read at the moment. */
  unreadable: number
  /** Waits until the input, while it is asked for a batch, has looked at its files a few times. */
  settle (): Promise<void>
  /** Bytes that were given up. */
  lost: number
  /** Messages of warnings. */
  told: string[]
}

/** Opens a file input over `<folder>/logs` with its state in `<folder>/state`. */
export function openInput (t: TestContext, folder: string, settings: Record<string, unknown> = {}): Reading {
  const options = fileInputSchema.parse({
    type: 'file',
    paths: ['logs/*.log'],
    poll: '5ms',
    rotation_grace: '40ms',
    ...settings,
    batch: { linger: '1ms', ...settings.batch as object | undefined },
  })
  const stopper = new AbortController()
  const reading: Reading = { next, commit, take, stop, settle, lag: -1, unreadable: -1, lost: 0, told: [] }
  let looks = 0
  const telemetry = {
    add: (_metric: string, _labels: Record<string, string>, value: number) => { reading.lost += value },
  }
  const readiness = {
    input: (_id: string, told: Partial<InputState>) => {
      reading.lag = told.lag_bytes ?? reading.lag
      reading.unreadable = told.unreadable ?? reading.unreadable
      looks++
    },
    state: () => {},
  }
  const log = pino({ level: 'warn' }, { write: (line: string) => { reading.told.push((JSON.parse(line) as { msg: string }).msg) } })
  const places = { state: join(folder, 'state'), base: folder }
  const input = createFileInput(options, { ...places, signal: stopper.signal, telemetry, readiness, lag: { waits: () => {} }, log })
  const iterator = input[Symbol.asyncIterator]()
  const waiting: RecordBatch[] = []
  t.after(stop)

  async function next (): Promise<Seen | undefined> {
    const { value, done } = await iterator.next()
    if (done === true) return undefined
    waiting.push(value)
    return {
      partition: value.range.partition,
      from: value.range.from,
      to: value.range.to,
      again: value.again === true,
      texts: value.records.map((record) => record.bytes.toString()),
      offsets: value.records.map((record) => record.offset),
      tooLong: (value.rejects ?? []).map((reject) => reject.length),
    }
  }

  async function commit (): Promise<void> {
    for (const batch of waiting.splice(0)) await batch.commit()
  }

  async function take (count: number): Promise<string[]> {
    const texts: string[] = []
    while (texts.length < count) {
      const batch = await next()
      if (batch === undefined) break
      texts.push(...batch.texts)
      await commit()
    }
    return texts
  }

  async function settle (): Promise<void> {
    const enough = looks + 20
    await until(() => looks >= enough)
  }

  async function stop (): Promise<void> {
    stopper.abort()
    await iterator.return?.()
  }

  return reading
}
