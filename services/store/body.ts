import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { decodeBlocks } from './blocks.ts'
import { bodyEncoding, createDecoder } from './encoding.ts'
import { messageOf } from '../runtime/errors.ts'
import { StoreException } from './exception.ts'
import type { StoreRequest } from './request.ts'
import type { Spool } from './spool.ts'
import { forbidInValues, readInsertOfData, readStatement } from './statement.ts'
import type { Insert, Statement } from './statement.ts'

/** Data of an INSERT, on disk; the reader of this deletes it. */
export interface Data { path: string, encoding: string, size: number }

export interface Received { statement: Statement, data?: Data }

/** Decompresses a file into another with the engine, which knows more codings than Node. */
export type Inflate = (from: string, encoding: string, to: string) => Promise<void>

/** A statement's own text (not the data of an INSERT) is held in memory: as much as the engine parses (max_query_size). */
const longestQuery = 256 * 1024
/** Where an INSERT's data begins is looked for in this many bytes. */
const longestHead = 256 * 1024
/** Expressions in Values are checked up to this size. */
const longestValues = 4 * 1024 * 1024

/**
 * Reads a statement from URL and body; the text is the `query` parameter, a line end, and the body. The data of an
 * INSERT goes to the spool as it comes, still compressed where the engine can decompress it.
 */
export async function receive (message: IncomingMessage, request: StoreRequest, spool: Spool, inflate: Inflate): Promise<Received> {
  const encoding = bodyEncoding(message)
  const insert = request.query === '' ? undefined : readInsertOfData(request.query, request.format)
  if (insert !== undefined && insert.dataAt === request.query.length && !request.decompress &&
    (encoding === 'none' || insert.format !== 'Values')) {
    return { statement: insert, data: await store(message, encoding, insert, spool) }
  }
  const plain = decoded(message, encoding, spool, inflate)
  const chunks = request.decompress ? decodeBlocks(plain) : plain
  const prefix = request.query === '' ? [] : [Buffer.from(`${request.query}\n`)]
  return await split(prefix, chunks, request.format, spool)
}

/** Cuts a stream of text into statement and data. */
async function split (seen: Buffer[], chunks: AsyncIterator<Buffer>, format: string | undefined, spool: Spool): Promise<Received> {
  let text: Buffer = Buffer.concat(seen)
  let done = false
  const fill = async (size: number): Promise<void> => {
    const parts = [text]
    let length = text.length
    while (!done && length < size) {
      const item = await chunks.next()
      done = item.done === true
      if (item.done !== true) length += parts.push(item.value) > 0 ? item.value.length : 0
    }
    text = Buffer.concat(parts)
  }
  await fill(longestHead)
  const head = text.toString('utf8')
  const insert = readInsertOfData(head, format)
  if (insert !== undefined) {
    const at = Buffer.from(head.slice(0, insert.dataAt))
    if (!text.subarray(0, at.length).equals(at)) throw new StoreException('SYNTAX_ERROR', 'Syntax error: the query is not valid UTF-8')
    const rest = Readable.from(joined(text.subarray(at.length), chunks))
    return { statement: insert, data: await store(rest, 'none', insert, spool) }
  }
  await fill(longestQuery + 1)
  if (text.length > longestQuery) throw new StoreException('QUERY_IS_TOO_LARGE', `Query is too large: more than ${longestQuery} bytes`)
  return { statement: readStatement(text.toString('utf8'), format) }
}

async function * joined (first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (let item = await rest.next(); item.done !== true; item = await rest.next()) yield item.value
}

async function * decoded (message: IncomingMessage, encoding: string, spool: Spool, inflate: Inflate): AsyncGenerator<Buffer> {
  const decoder = createDecoder(encoding)
  if (decoder === undefined) return yield * inflated(message, encoding, spool, inflate)
  message.on('error', (error) => decoder.destroy(error)).pipe(decoder)
  try {
    yield * decoder as AsyncIterable<Buffer>
  } catch (error) {
    throw new StoreException('CANNOT_DECOMPRESS', `Cannot decompress the body: ${messageOf(error)}`)
  }
}

async function * inflated (message: IncomingMessage, encoding: string, spool: Spool, inflate: Inflate): AsyncGenerator<Buffer> {
  const [packed, plain] = [spool.path(), spool.path()]
  try {
    await pipeline(message, createWriteStream(packed, { mode: 0o600 }))
    await inflate(packed, encoding, plain)
    yield * createReadStream(plain) as AsyncIterable<Buffer>
  } finally {
    await spool.discard(packed)
    await spool.discard(plain)
  }
}

async function store (source: Readable, encoding: string, insert: Insert, spool: Spool): Promise<Data> {
  const path = spool.path()
  try {
    await pipeline(source, createWriteStream(path, { mode: 0o600 }))
    const { size } = await stat(path)
    if (insert.format === 'Values') await checkValues(path, size)
    return { path, encoding, size }
  } catch (error) {
    await spool.discard(path)
    throw error
  }
}

/** Values may hold expressions; those that would read a file are refused. Large ones may not even hold the word. */
async function checkValues (path: string, size: number): Promise<void> {
  const file = await open(path)
  try {
    if (size <= longestValues) return forbidInValues(await file.readFile('utf8'))
    let tail = ''
    for await (const chunk of file.createReadStream({ autoClose: false, encoding: 'latin1' }) as AsyncIterable<string>) {
      if (/\b(?:file|infile)\b/i.test(tail + chunk)) {
        throw new StoreException('ACCESS_DENIED', `More than ${longestValues} bytes of Values may not hold the word file: use another format, such as JSONEachRow or TabSeparated`)
      }
      tail = chunk.slice(-16)
    }
  } finally {
    await file.close()
  }
}
