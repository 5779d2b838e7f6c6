/** What every named framing promises, as tests over lines of which some have it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PieceKind, RawRecord, Unframe } from '../../services/processor/contract.ts'
import { fc } from '../property.ts'

/** A framing under test: its name, how it opens, and lines that it opens to records. */
export interface FramingSubject { name: string, unframe: Unframe, samples: readonly string[] }

/** Defines the tests. */
export function testFraming ({ name, unframe, samples }: FramingSubject): void {
  test(`${name}: its own lines give records`, () => {
    for (const sample of samples) assert.ok(check(unframe, Buffer.from(sample)).length > 0, sample.slice(0, 60))
  })

  test(`${name}: any bytes give records or what was expected`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { check(unframe, Buffer.from(bytes)) }), { numRuns: 500 })
  })

  test(`${name}: lines with changed, lost or added bytes give records or what was expected`, () => {
    const edit = fc.record({ at: fc.nat(400), remove: fc.nat(20), insert: fc.uint8Array({ maxLength: 8 }) })
    fc.assert(fc.property(fc.constantFrom(...samples), edit, (sample, { at, remove, insert }) => {
      const bytes = Buffer.from(sample)
      const place = at % (bytes.length + 1)
      check(unframe, Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)]))
    }), { numRuns: 500 })
  })

  test(`${name}: every beginning of a line gives records or what was expected`, () => {
    for (const sample of samples) for (let end = 0; end < sample.length; end++) check(unframe, Buffer.from(sample.slice(0, end)))
  })

  test(`${name}: long lines take time in proportion to their length`, () => {
    for (const piece of ['{', '[', '"', '\\', '{"log":"', ' ', '<14>', '2026-08-20T10:15:33Z ', '\0', '[a b="']) {
      const text = piece.repeat(Math.ceil(300_000 / piece.length))
      for (const line of [text, samples[0] + text, text + samples[0]]) check(unframe, Buffer.from(line))
    }
  })
}

/** Opens twice, and checks the records: within the line, in their order, none of them blank. */
function check (unframe: Unframe, bytes: Buffer): RawRecord[] {
  const opened = unframe.open({ bytes, offset: 7 })
  assert.deepEqual(unframe.open({ bytes, offset: 7 }), opened, 'the same line gives the same records')
  for (const kind of unframe.pieces) checkPiece(kind, bytes)
  if (typeof opened === 'string') {
    assert.ok(opened !== '' && opened.length < 150)
    return []
  }
  for (const record of opened) assert.ok(record.offset >= 7 && record.bytes.length <= 4 * bytes.length)
  return opened
}

function checkPiece (kind: PieceKind, bytes: Buffer): void {
  const piece = kind.starts(bytes, 0) ? kind.read(bytes) : undefined
  if (piece === undefined) return
  assert.equal(typeof piece.stream, 'string')
  assert.ok((kind.contentOf(bytes)?.length ?? 0) <= 4 * bytes.length)
}
