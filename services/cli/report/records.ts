import { closeSync, createReadStream, openSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { FormatConfig } from '../../processor/format.ts'
import { cuttingOf } from '../../processor/framing.ts'
import type { FramingConfig } from '../../processor/framing.ts'
import { splitLines } from '../../processor/input/stream-lines.ts'
import type { StreamLines } from '../../processor/input/stream-lines.ts'
import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'

/** One file (or `-` for standard input), its size on disk (0 when it is not known), and its format and framing where it has its own. */
export interface LogFile { path: string, size: number, format?: FormatConfig, framing?: FramingConfig }

/** The records of one piece of a log, and those that are too long to be decoded. */
export type LogLines = Pick<StreamLines, 'records' | 'tooLong'>

/** Bytes read at once; a batch of records is what one such piece holds. */
const pieceBytes = 256 * 1024
/** A record longer than this is not decoded, as in the processor. */
const longestRecord = 1024 * 1024

/** Checks that a log file can be read; a pipe is not opened before it is read. Throws INPUT_UNREADABLE with its path. */
export function openLog (path: string): LogFile {
  if (path === '-') return { path, size: 0 }
  try {
    const found = statSync(path)
    if (found.isDirectory()) throw new Error('it is a folder; name its files, such as folder/*.log')
    if (found.isFile()) closeSync(openSync(path, 'r'))
    return { path, size: found.size }
  } catch (error) {
    throw new GatelensError('INPUT_UNREADABLE', `cannot read the file: ${messageOf(error)}`, { where: path, cause: error })
  }
}

/**
 * The records of a log in the order of the file, unpacked when it is gzip, in batches; blank lines are left out. Offsets count
 * unpacked bytes. `advance` is told of every piece read from disk. Throws INPUT_UNREADABLE with the path.
 */
export async function * readRecords (
  file: LogFile, framing: FramingConfig = { type: 'auto' }, advance: (bytes: number) => void = () => {}
): AsyncGenerator<LogLines> {
  try {
    yield * splitLines(unpack(readPieces(file, advance)), cuttingOf(framing, longestRecord))
  } catch (error) {
    if (error instanceof GatelensError) throw error
    const hint = systemCode(error).startsWith('Z_') ? 'The gzip data is cut or damaged; what could be read of it counts.' : undefined
    throw new GatelensError('INPUT_UNREADABLE', `cannot read on: ${messageOf(error)}`, { where: file.path, hint, cause: error })
  }
}

async function * readPieces ({ path }: LogFile, advance: (bytes: number) => void): AsyncGenerator<Buffer> {
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: pieceBytes })
  for await (const piece of stream as AsyncIterable<Buffer>) {
    advance(piece.length)
    yield piece
  }
}

/** Looks at the first bytes as they come, for what comes through a pipe cannot be read twice. */
async function * unpack (pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const { value, done } = await pieces.next()
    if (done === true) break
    head = Buffer.concat([head, value])
  }
  const packed = head.length >= 2 && head[0] === 0x1F && head[1] === 0x8B
  yield * packed ? gunzip(follow(head, pieces)) : follow(head, pieces)
}

async function * follow (head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield * rest
}

function gunzip (pieces: AsyncGenerator<Buffer>): AsyncIterable<Buffer> {
  const unpacked = createGunzip({ chunkSize: pieceBytes })
  pipeline(pieces, unpacked).catch((error: unknown) => { unpacked.destroy(error as Error) })
  return unpacked
}
