import { Writable } from 'node:stream'
import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { FetchError } from './fetch-error.ts'

/** What {@link readText} needs to know of the answer. */
export interface BodyOptions {
  url: URL
  contentEncoding: string
  contentType: string
  /** Limit on the decompressed bytes. */
  maxBytes: number
  signal: AbortSignal
}

/**
 * Reads a response body as text: decompressed, within `maxBytes` (held against every piece as it comes, so that a bomb
 * is never unpacked), decoded by its byte order mark, else its charset, else UTF-8. Throws FetchError for what is too
 * big, of an unknown coding or not text.
 */
export async function readText (body: Readable, options: BodyOptions): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  const sink = new Writable({
    write (piece: Buffer, _, done) {
      size += piece.length
      if (size <= options.maxBytes) pieces.push(piece)
      done(size > options.maxBytes ? tooBig(options) : null)
    },
  })
  await pipeline([body, ...decompressors(options), sink], { signal: options.signal })
  return decode(Buffer.concat(pieces), options)
}

function tooBig ({ url, maxBytes }: BodyOptions): FetchError {
  const hint = 'Check that the URL is the document meant, or raise the size limit.'
  return new FetchError(`the answer is larger than ${maxBytes} bytes`, { url, tooLarge: true, hint })
}

const codings: Record<string, () => Transform> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
}

/** RFC 9110 §8.4: codings are listed in the order in which they were applied. */
function decompressors ({ contentEncoding, url }: BodyOptions): Transform[] {
  const names = contentEncoding.toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  return names.reverse().map((name) => {
    const create = Object.hasOwn(codings, name) && names.length <= 2 ? codings[name] : undefined
    if (create === undefined) {
      throw new FetchError('the answer has a content coding that was not asked for', { url, hint: 'Have the server send gzip, br, or no coding.' })
    }
    return create()
  })
}

function decode (bytes: Buffer, { url, contentType }: BodyOptions): string {
  const declared = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]
  const label = markedCharset(bytes) ?? declared ?? 'utf-8'
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    throw new FetchError(`the answer is not text in ${label}`, { url, hint: 'Serve it as UTF-8, or name its charset in content-type.' })
  }
}

/** https://encoding.spec.whatwg.org/#bom-sniff */
function markedCharset (bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return undefined
}
