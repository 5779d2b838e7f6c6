/** Puts records together that collectors cut into pieces. */
import type { PieceKind, RawRecord } from '../contract.ts'
import { BRACE, BRACKET } from './json-skip.ts'

/** A line, or all lines of one record that was cut. */
export interface Joined {
  /** Where its first and its last line are. */
  first: number
  last: number
  /** The record, once it is known; undefined when it is too long. */
  record?: RawRecord
  /** Bytes of its content, so far. */
  length: number
  /** True while its last piece is missing. */
  isOpen: boolean
}

interface Pieces extends Joined { contents: Buffer[], kind: PieceKind, count: number }

/**
 * Puts the pieces among lines together, those of each stream. What comes whole stays as it is, and so does JSON that is whole in one
 * line, whatever the line says: a piece before it has lost its end. A record is at the place of its first piece. One of more than
 * `maxBytes` is told by its length, and not held. Undefined when there are no pieces.
 */
export function joinPieces (lines: readonly RawRecord[], kinds: readonly PieceKind[], maxBytes: number): Joined[] | undefined {
  if (!lines.some(({ bytes }) => readPiece(bytes, kinds)?.isLast === false)) return undefined
  const joined: Joined[] = []
  const open = new Map<string, Pieces>()
  let count = 0
  for (const line of lines) {
    const { offset } = line
    const found = readPiece(line.bytes, kinds)
    const key = found === undefined ? '' : `${found.kind.name} ${found.stream}`
    const before = found === undefined ? undefined : open.get(key)
    const isPlain = found === undefined || (before === undefined && found.isLast)
    const content = isPlain ? undefined : contentOfPiece(found.kind, line, before !== undefined)
    if (found === undefined || content === undefined) {
      joined.push({ first: offset, last: offset, record: line, length: line.bytes.length, isOpen: false })
      continue
    }
    if (content === 'whole') {
      if (before !== undefined) finish(before, false)
      open.delete(key)
      joined.push({ first: offset, last: offset, record: line, length: line.bytes.length, isOpen: false })
      continue
    }
    const pieces = before ?? { first: offset, last: offset, length: 0, isOpen: true, contents: [], kind: found.kind, count: 0 }
    if (before === undefined) {
      open.set(key, pieces)
      joined.push(pieces)
      count++
    }
    add(pieces, content, offset, maxBytes)
    if (!found.isLast) continue
    open.delete(key)
    finish(pieces, true)
  }
  for (const pieces of open.values()) {
    finish(pieces, false)
    pieces.isOpen = true
  }
  return count === 0 ? undefined : joined
}

function readPiece (line: Buffer, kinds: readonly PieceKind[]): { kind: PieceKind, stream: string, isLast: boolean } | undefined {
  for (const kind of kinds) {
    const piece = kind.starts(line, 0) ? kind.read(line) : undefined
    if (piece !== undefined) return { kind, ...piece }
  }
  return undefined
}

/** What is in a piece; `whole` when it is none, and undefined when it is damaged, or nothing is before it and it is no first piece. */
function contentOfPiece (kind: PieceKind, { bytes }: RawRecord, isContinued: boolean): Buffer | 'whole' | undefined {
  const content = kind.contentOf(bytes)
  if (content === undefined) return undefined
  if (isWholeJson(content)) return 'whole'
  return isContinued || kind.mayBegin?.(content) !== false ? content : undefined
}

function isWholeJson (content: Buffer): boolean {
  if (content[0] !== BRACE && content[0] !== BRACKET) return false
  try {
    JSON.parse(content.toString('utf8'))
    return true
  } catch {
    return false
  }
}

function add (pieces: Pieces, content: Buffer, offset: number, maxBytes: number): void {
  pieces.last = offset
  pieces.count++
  pieces.length += content.length
  if (pieces.length > maxBytes) pieces.contents = []
  else pieces.contents.push(content)
}

function finish (pieces: Pieces, isWhole: boolean): void {
  pieces.isOpen = false
  const { contents, first, kind, count } = pieces
  if (contents.length === 0) return
  const bytes = withoutEnd(contents.length === 1 ? contents[0]! : Buffer.concat(contents))
  pieces.record = { bytes, offset: first, pieces: `${count} ${count === 1 ? 'piece' : 'pieces'} of ${kind.name}${isWhole ? '' : ' without the last one'}` }
}

function withoutEnd (bytes: Buffer): Buffer {
  let end = bytes.length
  if (bytes[end - 1] === 0x0A) end--
  if (bytes[end - 1] === 0x0D) end--
  return bytes.subarray(0, end)
}
