import { GatelensError } from '../../runtime/errors.ts'

/** Rows of one table in TabSeparated form, one line a row. They go out as one insert, and lie in one partition. */
export interface Part {
  table: string
  /** Tells the parts of a parcel apart: the UTC day of requests, `rejected`, `refused`. */
  name: string
  columns: string[]
  rows: number
  bytes: Buffer
}

/** What became of one range, ready to be inserted: only published, privacy-safe fields. */
export interface Parcel {
  /** Token of the range. */
  token: string
  parts: Part[]
}

interface Header {
  version: 2
  token: string
  parts: Array<{ table: string, name: string, columns: string[], rows: number, bytes: number }>
}

/** A parcel as the content of a file: one line of JSON that describes the parts, then their bytes. */
export function packParcel ({ token, parts }: Parcel): Buffer {
  const header: Header = {
    version: 2,
    token,
    parts: parts.map((part) => ({ ...part, bytes: part.bytes.length })),
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...parts.map((part) => part.bytes)])
}

/** The inverse of {@link packParcel}. Throws STATE_INVALID that names `path` when the file is not whole. */
export function unpackParcel (file: Buffer, path: string): Parcel {
  const end = file.indexOf(10)
  const header = readHeader(file.subarray(0, Math.max(0, end)).toString())
  if (header === undefined) throw broken(path, 'its first line is not a description of its content')
  let at = end + 1
  const parts = header.parts.map(({ bytes, ...part }) => {
    at += bytes
    return { ...part, bytes: file.subarray(at - bytes, at) }
  })
  if (at !== file.length) throw broken(path, `it has ${file.length} bytes in place of ${at}`)
  return { token: header.token, parts }
}

function readHeader (text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Header
    return header.version === 2 && Array.isArray(header.parts) ? header : undefined
  } catch {
    return undefined
  }
}

function broken (path: string, reason: string): GatelensError {
  return new GatelensError('STATE_INVALID', `a spooled batch is broken: ${reason}`, {
    where: path,
    hint: 'Restore the file from a copy, or move it away; the rows of that one batch are then missing in the store.',
  })
}
