/**
 * Docker's json-file logging driver, one JSON object a line: `{"log":"…\n","stream":"stdout","time":"…"}`, with `attrs` where labels are
 * logged. Read in moby/moby daemon/logger/jsonfilelog and daemon/logger/copier.go: what a container writes is copied 16 KiB at a time, and
 * only the last piece of a line ends in a line end. Bytes that are no UTF-8, as of a character that is cut between two pieces, are
 * logged as U+FFFD.
 */
import { z } from 'zod'
import type { PieceKind } from '../contract.ts'
import { isObject } from '../decode/field.ts'
import { defineFraming } from './definition.ts'
import { BACKSLASH, BRACE, BRACKET, equals } from './json-skip.ts'
import { contentRecords, parseObject } from './open.ts'

/** Puts the pieces of a long line together. */
export const dockerPieces: PieceKind = {
  name: 'Docker',
  // Most records are objects as well: the third byte tells nearly all of them apart.
  starts: (buffer, at) => buffer[at + 2] === letterL && equals(buffer, at, start),
  read: (line) => {
    const end = line.indexOf(behindLog, start.length)
    const streamEnd = line.indexOf('"', end + behindLog.length)
    if (end === -1 || streamEnd === -1) return undefined
    return { stream: line.toString('latin1', end + behindLog.length, streamEnd), isLast: endsLine(line, end) }
  },
  contentOf: (line) => {
    const log = parseObject(line)?.log
    return typeof log === 'string' ? Buffer.from(log) : undefined
  },
}

/**
 * Shippers write entries of this form without the line end: where nobody said that they are Docker's, only one that is as long as a
 * piece, or that begins with JSON which does not end, is taken for one.
 */
export const likelyDockerPieces: PieceKind = {
  ...dockerPieces, mayBegin: (content) => content.length >= pieceBytes || content[0] === BRACE || content[0] === BRACKET,
}

/** The entries of Docker's json-file driver. */
export const docker = defineFraming({
  name: 'docker',
  summary: 'entries of Docker\'s json-file driver; a record that was cut into pieces of 16 KiB is put together',
  options: z.strictObject({}),
  unit: 'line',
  pieces: [dockerPieces],
  create: () => (record) => {
    const entry = parseObject(record.bytes)
    if (!isObject(entry) || typeof entry.log !== 'string' || typeof entry.stream !== 'string') return expected
    return contentRecords([entry.log], record.offset)
  },
})

const expected = 'an entry of Docker\'s json-file: {"log", "stream", "time"}'
/** The buffer of Docker's copier. */
const pieceBytes = 16 * 1024
const letterL = 0x6C
const start = Buffer.from('{"log":"')
/** A quote within a text of JSON is escaped, so that this stands behind the text. */
const behindLog = '","stream":"'

/** True when the text before `end` ends in an escaped line end: an `n` behind an odd number of backslashes. */
function endsLine (line: Buffer, end: number): boolean {
  if (line[end - 1] !== 0x6E) return false
  let first = end - 1
  while (line[first - 1] === BACKSLASH) first--
  return (end - 1 - first) % 2 === 1
}
