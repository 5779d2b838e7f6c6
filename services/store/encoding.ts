import type { IncomingMessage } from 'node:http'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { PassThrough } from 'node:stream'
import type { Transform } from 'node:stream'
import { StoreException } from './exception.ts'

/** HTTP content codings by what the engine calls them (`COMPRESSION '…'`). */
const engineNames: Record<string, string> = {
  identity: 'none', gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate', br: 'br', zstd: 'zstd', lz4: 'lz4', xz: 'xz', bz2: 'bz2', snappy: 'snappy',
}

/** Codings for answers, the server's favourite first. */
const preference = ['zstd', 'br', 'lz4', 'gzip', 'deflate', 'xz', 'bz2']

const decoders: Record<string, () => Transform> = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }

/** The engine's name of a request body's coding. Throws UNKNOWN_COMPRESSION_METHOD. */
export function bodyEncoding (request: IncomingMessage): string {
  const name = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const known = Object.hasOwn(engineNames, name) ? engineNames[name] : undefined
  if (known === undefined) throw new StoreException('UNKNOWN_COMPRESSION_METHOD', `Unknown compression method: ${name}`)
  return known
}

/** A stream that decodes a coding in this process; undefined for those that only the engine knows. */
export function createDecoder (encoding: string): Transform | undefined {
  return encoding === 'none' ? new PassThrough() : decoders[encoding]?.()
}

/** Chooses the coding of an answer from Accept-Encoding: the engine's name, 'none' when the client takes none. */
export function answerEncoding (header: string | string[] | undefined): string {
  const offered = new Set([header ?? ''].flat().join(',').split(',').filter((item) => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
    .map((item) => item.split(';')[0]?.trim().toLowerCase() ?? ''))
  return preference.find((name) => offered.has(name)) ?? 'none'
}
