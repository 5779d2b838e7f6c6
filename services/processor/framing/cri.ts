/**
 * The CRI log format of Kubernetes: `<RFC 3339 time> <stdout|stderr> <tags> <text>`. Read in kubernetes/design-proposals-archive
 * node/kubelet-cri-logging.md and containerd's internal/cri/io/logger.go: tags are separated by `:`, the first is `F` for a whole line, or
 * for the last piece of one, and `P` for a piece that others of the same stream follow. Lines are cut at 16 KiB, wherever that is.
 */
import { z } from 'zod'
import type { PieceKind } from '../contract.ts'
import { defineFraming } from './definition.ts'
import { trimmed } from './open.ts'

/** Puts the pieces of a long line together. */
export const criPieces: PieceKind = {
  name: 'CRI',
  starts: (buffer, at) => buffer[at + 4] === dash && buffer[at + 10] === letterT,
  read: (line) => {
    const stream = streamAt(line)
    if (stream === -1) return undefined
    return { stream: line[stream + 3] === 0x6F ? 'stdout' : 'stderr', isLast: line[stream + 7] === full }
  },
  contentOf: (line) => line.subarray(textAt(line, streamAt(line))),
}

/** The lines of Kubernetes' container logs. */
export const cri = defineFraming({
  name: 'cri',
  summary: 'lines of the container logs of Kubernetes (CRI); a record that was cut into pieces is put together',
  options: z.strictObject({}),
  unit: 'line',
  pieces: [criPieces],
  create: () => ({ bytes, offset }) => {
    const stream = streamAt(bytes)
    if (stream === -1) return expected
    const text = textAt(bytes, stream)
    return trimmed({ bytes: bytes.subarray(text), offset: offset + text })
  },
})

const expected = 'a line of CRI: time, stdout or stderr, F or P, text'
const space = 0x20
const dash = 0x2D
const letterT = 0x54
const letterS = 0x73
const full = 0x46
const partial = 0x50
/** The longest time has nine decimals and an offset of the zone. */
const longestTime = 40

/** Where the name of the stream begins; -1 when the line is none of CRI. */
function streamAt (line: Buffer): number {
  if (line[4] !== dash || line[10] !== letterT) return -1
  let at = 19
  while (at < longestTime && line[at] !== space) at++
  if (line[at + 1] !== letterS) return -1
  const name = line.toString('latin1', at, at + 8)
  if (name !== ' stdout ' && name !== ' stderr ') return -1
  const tag = line[at + 8]
  const next = line[at + 9]
  const ends = next === undefined || next === space || next === 0x3A
  return ends && (tag === full || tag === partial) ? at + 1 : -1
}

function textAt (line: Buffer, stream: number): number {
  const end = line.indexOf(space, stream + 8)
  return end === -1 ? line.length : end + 1
}
