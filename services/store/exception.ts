/** A failure as the ClickHouse server reports it: number, symbolic name, text. */
export class StoreException extends Error {
  /** ClickHouse error number, `60` for UNKNOWN_TABLE. */
  readonly code: number
  /** Symbolic name, `UNKNOWN_TABLE`. */
  readonly type: string

  constructor (type: keyof typeof codes | (string & {}), message: string, code: number = codes[type as keyof typeof codes] ?? 1002) {
    super(message)
    this.name = 'StoreException'
    this.type = type
    this.code = code
  }
}

/** Numbers of the errors that the front itself raises (ClickHouse `src/Common/ErrorCodes.cpp`). */
const codes = {
  UNSUPPORTED_METHOD: 1,
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_SETTING: 115,
  QUERY_IS_TOO_LARGE: 230,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  READONLY: 164,
  INTO_OUTFILE_NOT_ALLOWED: 163,
  SESSION_NOT_FOUND: 372,
  SESSION_IS_LOCKED: 373,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  UNKNOWN_COMPRESSION_METHOD: 89,
  CANNOT_DECOMPRESS: 271,
  ABORTED: 236,
  CANNOT_WRITE_TO_FILE_DESCRIPTOR: 75,
  NOT_ENOUGH_SPACE: 243,
  UNKNOWN_FORMAT: 73,
  UNKNOWN_EXCEPTION: 1002,
} as const

/** HTTP status per error number, as the server maps it (`src/Server/HTTP/exceptionCodeToHTTPStatus.cpp`); all others are 500. */
const statuses = new Map<number, number>([
  ...of(400, 6, 7, 8, 15, 16, 25, 26, 27, 36, 38, 41, 44, 53, 62, 72, 117, 167, 168, 223, 321, 376, 427, 441, 442, 673),
  ...of(401, 194),
  ...of(403, 192, 193, 497, 512, 516),
  ...of(404, 46, 47, 50, 56, 60, 63, 73, 78, 81, 94, 115, 141, 336, 511),
  ...of(408, 159),
  ...of(411, 381),
  ...of(413, 230),
  ...of(501, 48),
  ...of(503, 76, 209, 439),
])

/** The HTTP status that the server answers for an error number. */
export function httpStatus (code: number): number {
  return statuses.get(code) ?? 500
}

/** The text that the server sends for an error: `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`. */
export function exceptionText (error: StoreException, version: string): string {
  return `Code: ${error.code}. DB::Exception: ${error.message} (${error.type}) (version ${version})\n`
}

/** Reads the engine's message; nested prefixes and version suffixes that the engine repeats are folded into one. */
export function parseException (text: string): StoreException {
  const found = /Code: (\d+)\. (?:DB::)?[\w:]*Exception: /.exec(text)
  const types = [...text.matchAll(/\(([A-Z][A-Z0-9_]{2,})\)/g)]
  const type = types.at(-1)?.[1]
  if (found === null || type === undefined) return new StoreException('UNKNOWN_EXCEPTION', text.trim())
  const message = text.slice(found.index)
    .replace(/^(?:Code: \d+\. (?:DB::)?[\w:]*Exception: )+/, '')
    .replace(/(?:\s*\((?:[A-Z][A-Z0-9_]{2,}|version [^()]*)\)\.?)+\s*$/, '')
  return new StoreException(type, message, Number(found[1]))
}

function of (status: number, ...numbers: number[]): Array<[number, number]> {
  return numbers.map((number) => [number, status])
}
