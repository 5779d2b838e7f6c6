/**
 * Native blocks for clients that speak a revision of ClickHouse's protocol (`client_protocol_version` in the URL; clickhouse-go,
 * and with it Grafana's plugin). The engine here writes revision 0. Later ones have a block info before each block, and behind
 * each type whether the column is serialized in a way of its own: https://clickhouse.com/docs/native-protocol/server#data
 */
import { columnWalk, incomplete, readText, readVarUInt } from './column.ts'
import type { Bytes } from './column.ts'

/** DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION. */
const customSerialization = 54_454

/** Fields by number: 1 = no overflow row, 2 = no bucket (-1); 0 ends them. */
const blockInfo = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])
const notCustom = Buffer.from([0])

/**
 * Turns Native blocks of revision 0 into those of `revision`. What is held in memory is one column of one block. Throws
 * NOT_IMPLEMENTED for types whose rows cannot be told apart here.
 */
export async function * reviseNative (source: AsyncIterable<Buffer>, revision: number): AsyncGenerator<Buffer> {
  const input = createInput(source)
  try {
    while (await input.more()) yield * reviseBlock(input, revision)
  } finally {
    await input.close()
  }
}

async function * reviseBlock (input: Input, revision: number): AsyncGenerator<Buffer> {
  yield blockInfo
  const [header, { columns, rows }] = await input.take(readSize)
  yield header
  for (let column = 0; column < columns; column++) {
    const [named, type] = await input.take(readColumnName)
    yield named
    if (revision >= customSerialization) yield notCustom
    if (rows === 0) continue
    const walk = columnWalk(type)
    const [data] = await input.take((bytes) => {
      walk.prefix(bytes)
      walk.rows(bytes, rows)
    })
    yield data
  }
}

function readSize (bytes: Bytes): { columns: number, rows: number } {
  return { columns: readVarUInt(bytes), rows: readVarUInt(bytes) }
}

function readColumnName (bytes: Bytes): string {
  readText(bytes)
  return readText(bytes)
}

interface Input {
  /** Whether a byte follows. */
  more (): Promise<boolean>
  /** The bytes that `step` goes over, and what it makes of them. */
  take<T> (step: (bytes: Bytes) => T): Promise<[Buffer, T]>
  /** Tells the source that nothing more is wanted of it. */
  close (): Promise<void>
}

/** A step that finds too little is taken again when half as much again is there, so that the work stays linear. */
function createInput (source: AsyncIterable<Buffer>): Input {
  const chunks = source[Symbol.asyncIterator]()
  let pending: Buffer = Buffer.alloc(0)
  const read = async (size: number): Promise<boolean> => {
    const parts = [pending]
    let length = pending.length
    while (length < size) {
      const next = await chunks.next()
      if (next.done === true) break
      parts.push(next.value)
      length += next.value.length
    }
    const grew = length > pending.length
    pending = Buffer.concat(parts)
    return grew
  }
  const attempt = <T>(step: (bytes: Bytes) => T): [Buffer, T] | undefined => {
    const bytes = { data: pending, at: 0 }
    try {
      const value = step(bytes)
      const taken = pending.subarray(0, bytes.at)
      pending = pending.subarray(bytes.at)
      return [taken, value]
    } catch (error) {
      if (error === incomplete) return undefined
      throw error
    }
  }
  return {
    close: async () => { await chunks.return?.() },
    more: async () => pending.length > 0 || await read(1),
    take: async (step) => {
      for (;;) {
        const taken = attempt(step)
        if (taken !== undefined) return taken
        if (!await read(Math.ceil(pending.length * 1.5) + 1)) throw new Error('the Native blocks of the engine end too early')
      }
    },
  }
}
