import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { decodeBlocks } from './blocks.ts'
import { bodyEncoding, createDecoder } from './encoding.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Insert, Statement } from './authorize/statement.ts'
import { StoreException } from './exception.ts'
import { findInsertHead } from './insert-head.ts'
import type { StoreRequest } from './request.ts'
import { guardRoom } from './room.ts'
import type { Spool } from './spool.ts'

/** Data of an INSERT, on disk; the reader of this deletes it. */
export interface Data { path: string, encoding: string, size: number }

export interface Received { statement: Statement, data?: Data }

export interface Receiver {
  spool: Spool
  /** Decompresses a file into another with the engine, which knows more codings than Node. */
  inflate: (from: string, encoding: string, to: string) => Promise<void>
  /** Reads a statement and refuses it before any data is stored, if it or its sender may not. */
  authorize: (text: string) => Promise<Statement>
}

/** A statement's own text (not the data of an INSERT) is held in memory: as much as the engine parses (max_query_size). */
export const longestQuery = 256 * 1024

/**
 * Reads a statement from URL and body; the text is the `query` parameter, a line end, and the body. The data of an
 * INSERT goes to the spool as it comes, still compressed where the engine can decompress it.
 */
export async function receive (message: IncomingMessage, request: StoreRequest, receiver: Receiver): Promise<Received> {
  const encoding = bodyEncoding(message)
  if (request.query.length > longestQuery) throw tooLarge()
  const head = request.query === '' ? undefined : await findInsertHead(request.query, request.format)
  if (head !== undefined && head.dataAt === request.query.length && !request.decompress) {
    const insert = await authorizeInsert(receiver, head.text)
    if (encoding === 'none' || insert.format !== 'Values') return { statement: insert, data: await store(message, encoding, receiver.spool) }
  }
  const plain = decoded(message, encoding, receiver)
  const chunks = request.decompress ? decodeBlocks(plain) : plain
  try {
    return await split(request.query === '' ? [] : [Buffer.from(`${request.query}\n`)], chunks, request.format, receiver)
  } finally {
    // Whatever happened: what the generators hold open or on disk is given back.
    await chunks.return(undefined)
    await plain.return(undefined)
  }
}

/** Cuts a stream of text into statement and data. */
async function split (seen: Buffer[], chunks: AsyncGenerator<Buffer>, format: string | undefined, receiver: Receiver): Promise<Received> {
  const parts = [...seen]
  let size = parts.reduce((sum, part) => sum + part.length, 0)
  while (size <= longestQuery) {
    const item = await chunks.next()
    if (item.done === true) break
    size += item.value.length
    parts.push(item.value)
  }
  const text = Buffer.concat(parts)
  const start = text.toString('utf8', 0, longestQuery)
  const head = await findInsertHead(start, format)
  if (head === undefined) {
    if (size > longestQuery) throw tooLarge()
    return { statement: await receiver.authorize(start) }
  }
  const statement = await authorizeInsert(receiver, head.text)
  const at = Buffer.from(start.slice(0, head.dataAt))
  if (!text.subarray(0, at.length).equals(at)) throw new StoreException('SYNTAX_ERROR', 'Syntax error: the query is not valid UTF-8')
  return { statement, data: await store(Readable.from(joined(text.subarray(at.length), chunks)), 'none', receiver.spool) }
}

async function authorizeInsert ({ authorize }: Receiver, text: string): Promise<Insert & Statement> {
  const statement = await authorize(text)
  if (statement.kind !== 'insert') throw new StoreException('SYNTAX_ERROR', 'Syntax error: the engine reads no INSERT of data in this statement')
  return statement
}

async function * joined (first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (let item = await rest.next(); item.done !== true; item = await rest.next()) yield item.value
}

async function * decoded (message: IncomingMessage, encoding: string, receiver: Receiver): AsyncGenerator<Buffer> {
  const decoder = createDecoder(encoding)
  if (decoder === undefined) return yield * inflated(message, encoding, receiver)
  message.on('error', (error) => decoder.destroy(error)).pipe(decoder)
  try {
    yield * decoder as AsyncIterable<Buffer>
  } catch (error) {
    throw new StoreException('CANNOT_DECOMPRESS', `Cannot decompress the body: ${messageOf(error)}`)
  }
}

async function * inflated (message: IncomingMessage, encoding: string, { spool, inflate }: Receiver): AsyncGenerator<Buffer> {
  const [packed, plain] = [spool.path(), spool.path()]
  try {
    await pipeline(message, guardRoom(packed), createWriteStream(packed, { mode: 0o600 }))
    await inflate(packed, encoding, plain)
    yield * createReadStream(plain) as AsyncIterable<Buffer>
  } finally {
    await spool.discard(packed)
    await spool.discard(plain)
  }
}

async function store (source: Readable, encoding: string, spool: Spool): Promise<Data> {
  const path = spool.path()
  try {
    await pipeline(source, guardRoom(path), createWriteStream(path, { mode: 0o600 }))
    return { path, encoding, size: (await stat(path)).size }
  } catch (error) {
    await spool.discard(path)
    throw error
  }
}

function tooLarge (): StoreException {
  return new StoreException('QUERY_IS_TOO_LARGE', `Query is too large: more than ${longestQuery} bytes`)
}
