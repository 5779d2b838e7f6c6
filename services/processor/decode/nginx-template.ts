import type { LogFormat } from './nginx-format.ts'
import { compileScanner } from './nginx-scan.ts'
import { shapeOf } from './json-path.ts'
import { compileShape } from './shape.ts'
import type { Wanted } from './shape.ts'

/** One text of a JSON log format: where it stands, and how the variables in it are read. */
export interface Leaf {
  path: string[]
  /** Hands over the value of each variable in the text, by its index in the format. */
  read (text: string, put: (slot: number, value: string) => void): void
}

/** Characters of private use, which no log format has, mark a variable's place. */
const [open, close] = ['\uE000', '\uE001']
const mark = new RegExp(`${open}(\\d+)${close}`)

/** The texts of a log format that is a JSON object, in quotes or not, and the shape that holds them; undefined when it is none. */
export function readTemplate ({ before, slots }: LogFormat): { list: Leaf[], wanted: Wanted } | undefined {
  if (!before.trimStart().startsWith('{')) return undefined
  let text = before
  let inString = isOpen(before, false)
  for (const [index, { after }] of slots.entries()) {
    text += inString ? `${open}${index}${close}` : `"${open}${index}${close}"`
    text += after
    inString = isOpen(after, inString)
  }
  const found: Array<{ path: string[], text: string }> = []
  try {
    collect(JSON.parse(text), [], found)
  } catch {
    return undefined
  }
  const list = found.flatMap((item) => createLeaf(item, slots))
  return { list, wanted: compileShape(shapeOf(list.map(({ path }) => path))) }
}

/** Whether a JSON string is open behind a piece of text. */
function isOpen (text: string, inString: boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') inString = !inString
  }
  return inString
}

function collect (value: unknown, path: string[], found: Array<{ path: string[], text: string }>): void {
  if (typeof value === 'string' && value.includes(open)) found.push({ path, text: value })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], found)
}

function createLeaf ({ path, text }: { path: string[], text: string }, all: LogFormat['slots']): Leaf[] {
  const [before = '', ...pieces] = text.split(mark)
  const indexes = pieces.filter((_, at) => at % 2 === 0).map(Number)
  if (indexes.length === 1 && before === '' && pieces[1] === '') return [{ path, read: (value, put) => { put(indexes[0]!, value) } }]
  const slots = indexes.map((index, at) => ({ name: all[index]!.name, after: pieces[at * 2 + 1]! }))
  const scanner = compileScanner({ text, escape: 'none', before, slots }, () => true)
  if (typeof scanner === 'string') return []
  const scan = { starts: slots.map(() => 0), ends: slots.map(() => 0) }
  return [{
    path,
    read: (value, put) => {
      const bytes = Buffer.from(value)
      if (scanner(bytes, bytes.toString('latin1'), scan) !== -1) return
      indexes.forEach((index, at) => { put(index, bytes.toString('utf8', scan.starts[at], scan.ends[at])) })
    },
  }]
}
