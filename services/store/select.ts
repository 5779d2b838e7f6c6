import { open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Connection, Outcome } from './engine.ts'
import { StoreException } from './exception.ts'
import { isNearlyFull } from './room.ts'
import { pause } from '../runtime/shutdown.ts'

/** The engine's answer while it comes: a file that grows until `done`. */
export interface Result {
  path: string
  /** Resolves with what was read, or rejects with {@link StoreException}, when the engine has written everything. */
  done: Promise<Outcome>
}

/** Where an answer goes, and in which form. */
export interface Target {
  path: string
  encoding: string
  format: string
  /** Stops the query. */
  cancel: () => void
}

/** Below this size an answer is sent when it is complete, so that an error can still have its own status. */
const threshold = 1024 * 1024
const chunkSize = 256 * 1024

/**
 * Starts a query whose rows the engine itself formats, compresses and writes to `path`. Whatever the size of the
 * answer and the speed of its reader, neither this process nor the engine holds it in memory, and the engine is free
 * again as soon as it has computed it.
 */
export function select (connection: Connection, sql: string, target: Target): Result {
  const clause = `\nINTO OUTFILE '${target.path}' TRUNCATE COMPRESSION '${target.encoding}' FORMAT ${target.format}`
  let isFull = false
  const room = setInterval(() => { watchRoom(target, () => { isFull = true }).catch(() => undefined) }, 1000).unref()
  const done = connection.run(`${sql}${clause}`).finally(() => clearInterval(room)).catch((error: unknown) => {
    if (isFull) throw new StoreException('NOT_ENOUGH_SPACE', 'The answer, which waits on disk for its reader, would fill the disk')
    throw error instanceof StoreException ? new StoreException(error.type, hideClause(error.message, target.path), error.code) : error
  })
  const readsTail = withStatistics.has(target.format) && target.encoding === 'none'
  return { path: target.path, done: readsTail ? done.then(async (outcome) => await addStatistics(outcome, target.path)) : done }
}

/** Formats that end with `rows_read` and `bytes_read`. */
const withStatistics = new Set(['JSON', 'JSONCompact', 'JSONStrings', 'JSONCompactStrings', 'XML'])

/** Waits until the result is complete or large enough to be streamed; throws what the query threw before that. */
export async function ready (result: Result): Promise<Outcome | undefined> {
  for (;;) {
    const outcome = await Promise.race([result.done, pause(30)])
    if (outcome !== undefined) return outcome
    if (await sizeOf(result.path) > threshold) return undefined
  }
}

/** The bytes of a result, as they come; throws what the query throws after the last of them. */
export async function * read (result: Result): AsyncGenerator<Buffer> {
  let ended = false
  let failure: unknown
  const done = result.done.catch((error: unknown) => { failure = error }).finally(() => { ended = true })
  // A statement without an answer makes no file.
  const file = await open(result.path, 'a+')
  try {
    for (;;) {
      // Asked before reading: what is written after this is found in the next round.
      const last = ended
      const chunk = await readChunk(file)
      if (chunk.length > 0) yield chunk
      else if (last) break
      else await Promise.race([done, pause(10)])
    }
  } finally {
    await file.close()
  }
  if (failure !== undefined) throw failure
}

/** Answers wait on disk for slow readers; they must not fill it. */
async function watchRoom ({ path, cancel }: Target, whenFull: () => void): Promise<void> {
  if (!await isNearlyFull(path)) return
  whenFull()
  cancel()
}

async function addStatistics (outcome: Outcome, path: string): Promise<Outcome> {
  const size = await sizeOf(path)
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, Math.max(0, size - 256))
    const found = /rows_read\D+(\d+)[^]*?bytes_read\D+(\d+)/.exec(buffer.toString('latin1', 0, bytesRead))
    return found === null ? outcome : { ...outcome, scanned: { rows: Number(found[1]), bytes: Number(found[2]) } }
  } finally {
    await file.close()
  }
}

async function readChunk (file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkSize))
  return buffer.subarray(0, bytesRead)
}

async function sizeOf (path: string): Promise<number> {
  return await stat(path).then((found) => found.size, () => 0)
}

/** Our clause at the end of the query is nothing that the sender wrote. */
function hideClause (message: string, path: string): string {
  return message.replace(new RegExp(`\\s*INTO OUTFILE '${path.replace(/[.+^$()|[\]]/g, '\\$&')}'[^\\n]*? FORMAT \\w+`, 'gi'), '')
}
