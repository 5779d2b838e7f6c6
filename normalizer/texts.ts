/** Many texts in two typed arrays: they go from thread to thread without a copy, and are read one by one when somebody asks. */

/** Texts behind each other. */
export interface TextTable {
  /** A byte a character where all characters of a text are below 256, else two, the lower first. */
  readonly bytes: Uint8Array
  /** Where each text ends, doubled; odd when its characters take two bytes. */
  readonly ends: Uint32Array
}

/** Collects texts, each once. */
export interface TextWriter {
  /** The number of a text in the table; what is no text counts as ''. */
  add (text: unknown): number
  finish (): TextTable
}

/** An empty collection. */
export function createTextWriter (): TextWriter {
  const numbers = new Map<string, number>()
  const ends: number[] = []
  let bytes = new Uint8Array(1 << 16)
  let length = 0
  const write = (text: string): void => {
    const wide = isWide(text)
    const size = text.length << wide
    if (length + size > bytes.length) bytes = enlarged(bytes, length + size)
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      bytes[length++] = code
      if (wide === 1) bytes[length++] = code >> 8
    }
    ends.push(length * 2 + wide)
  }
  return {
    add (value) {
      const text = typeof value === 'string' ? value : ''
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, numbers.size)
      write(text)
      return numbers.size - 1
    },
    finish: () => ({ bytes: bytes.slice(0, length), ends: Uint32Array.from(ends) }),
  }
}

/** Reads the text of a number. */
export function readText ({ bytes, ends }: TextTable, number: number): string {
  const end = ends[number]!
  const start = number === 0 ? 0 : ends[number - 1]! >>> 1
  return end % 2 === 1 ? readWide(bytes, start, end >>> 1) : readNarrow(bytes, start, end >>> 1)
}

function isWide (text: string): 0 | 1 {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 255) return 1
  return 0
}

function enlarged (bytes: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, bytes.length * 2))
  larger.set(bytes)
  return larger
}

/** As many arguments as a call surely takes. */
const portion = 4096

function readNarrow (bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += portion) text += ofCodes(bytes.subarray(at, Math.min(end, at + portion)))
  return text
}

function readWide (bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += portion) {
    const codes = new Uint16Array(Math.min(end - at, portion) / 2)
    for (const index of codes.keys()) codes[index] = bytes[at + index * 2]! | bytes[at + index * 2 + 1]! << 8
    text += ofCodes(codes)
  }
  return text
}

function ofCodes (codes: ArrayLike<number>): string {
  return Reflect.apply(String.fromCharCode, undefined, codes)
}
