/** Records as another thread takes them: their bytes in one piece, and where each lies. */
import type { RawRecord } from '../contract.ts'

/**
 * Records that follow each other as numbers: in `bytes` at `starts`, `lengths` long; `offsets` are their places in the input. `pieces`
 * says of those that were put together what of.
 */
export interface PackedRecords {
  bytes: SharedArrayBuffer | ArrayBuffer
  starts: Uint32Array<ArrayBuffer>
  lengths: Uint32Array<ArrayBuffer>
  offsets: Float64Array<ArrayBuffer>
  pieces: ReadonlyArray<readonly [index: number, pieces: string]>
}

/**
 * Packs records. Where all lie in one shared buffer, as those of files do, nothing is copied. The buffers of other inputs hold what
 * belongs to others as well (one fetch of Kafka has messages of many batches), so their records are copied, once.
 */
export function packRecords (records: readonly RawRecord[]): { packed: PackedRecords, transfer: ArrayBuffer[] } {
  const lengths = Uint32Array.from(records, ({ bytes }) => bytes.length)
  const offsets = Float64Array.from(records, ({ offset }) => offset)
  const shared = sharedBufferOf(records)
  const starts = shared === undefined ? startsOf(lengths) : Uint32Array.from(records, ({ bytes }) => bytes.byteOffset)
  const bytes = shared ?? copy(records, starts, lengths)
  const transfer = [starts.buffer, lengths.buffer, offsets.buffer, ...bytes instanceof ArrayBuffer ? [bytes] : []]
  const pieces = records.flatMap((record, index) => record.pieces === undefined ? [] : [[index, record.pieces] as const])
  return { packed: { bytes, starts, lengths, offsets, pieces }, transfer }
}

/** The records again, as views of the same bytes. */
export function unpackRecords ({ bytes, starts, lengths, offsets, pieces }: PackedRecords): RawRecord[] {
  const whole = Buffer.from(bytes as ArrayBuffer)
  const records = new Array<RawRecord>(starts.length)
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index]!
    records[index] = { bytes: whole.subarray(start, start + lengths[index]!), offset: offsets[index]! }
  }
  for (const [index, text] of pieces) records[index]!.pieces = text
  return records
}

function sharedBufferOf (records: readonly RawRecord[]): SharedArrayBuffer | undefined {
  const buffer: ArrayBufferLike | undefined = records[0]?.bytes.buffer
  if (!(buffer instanceof SharedArrayBuffer)) return undefined
  return records.every(({ bytes }) => bytes.buffer as ArrayBufferLike === buffer) ? buffer : undefined
}

function startsOf (lengths: Uint32Array): Uint32Array<ArrayBuffer> {
  let end = 0
  return Uint32Array.from(lengths, (length) => {
    end += length
    return end - length
  })
}

function copy (records: readonly RawRecord[], starts: Uint32Array, lengths: Uint32Array): ArrayBuffer {
  const size = (starts.at(-1) ?? 0) + (lengths.at(-1) ?? 0)
  const bytes = new ArrayBuffer(size)
  const whole = Buffer.from(bytes)
  for (const [index, record] of records.entries()) record.bytes.copy(whole, starts[index])
  return bytes
}
