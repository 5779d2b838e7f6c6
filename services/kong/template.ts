/**
 * The placeholders of decK: Go templates between `${{` and `}}` that are filled in before the file is parsed
 * (https://developer.konghq.com/deck/gateway/environment-variables/, pkg/file/template.go of Kong/go-database-reconciler).
 */

/** What is wrong with a placeholder, and its line (1-based). */
export interface TemplateFault { line: number, message: string }

/** A text with its placeholders filled in. */
export interface Rendered {
  text: string
  /** The line of the text as it was written for one of the result: values may have several. */
  sourceLine (line: number): number
  faults: TemplateFault[]
  /** Placeholders without a value, by number, and the variables that are not set; '' for faults. */
  unset: Array<{ placeholder: string, name: string }>
}

/** Where the value of a variable would stand that is not set: the number of its placeholder between characters of private use. */
export const unsetMark = /\uE000(\d+)\uE001/g

/**
 * Fills in `env`, `toInt`, `toFloat`, `toBool` and `indent`, as calls or behind a pipe. Names begin with `DECK_`; comment lines
 * stay as they are. What cannot be filled in is a fault; it leaves {@link unsetMark}, and so does a variable that is not set.
 */
export function renderTemplate (text: string, lookUp: (name: string) => string | undefined): Rendered {
  const faults: TemplateFault[] = []
  const unset: Rendered['unset'] = []
  const sources = [1]
  let result = ''
  let at = 0
  const append = (piece: string, isInserted: boolean): void => {
    result += piece
    for (let next = piece.indexOf('\n'); next >= 0; next = piece.indexOf('\n', next + 1)) sources.push(sources.at(-1)! + (isInserted ? 0 : 1))
  }
  for (const { index, 0: whole, 1: body = '' } of text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)) {
    if (/^[^\S\n]*#/.test(text.slice(text.lastIndexOf('\n', index) + 1, index + 1))) continue
    append(text.slice(at, index), false)
    at = index + whole.length
    try {
      append(evaluate(body, (name) => lookUp(name) ?? `\uE000${unset.push({ placeholder: whole, name }) - 1}\uE001`), true)
      // A placeholder over several lines.
      sources[sources.length - 1]! += whole.split('\n').length - 1
    } catch (error) {
      faults.push({ line: sources.at(-1)!, message: `${whole}: ${error instanceof Error ? error.message : String(error)}` })
      append(`\uE000${unset.push({ placeholder: whole, name: '' }) - 1}\uE001`, true)
      sources[sources.length - 1]! += whole.split('\n').length - 1
    }
  }
  append(text.slice(at), false)
  return { text: result, sourceLine: (line) => sources[line - 1] ?? sources.at(-1)!, faults, unset }
}

type Value = string | number | boolean

interface Reader { tokens: string[], at: number, env: (name: string) => string }

const token = /\s*("(?:[^"\\\n]|\\.)*"|`[^`]*`|[A-Za-z_]\w*|[+-]?\d+|[|()])\s*/y

function evaluate (body: string, env: (name: string) => string): string {
  const reader: Reader = { tokens: tokensOf(body), at: 0, env }
  const value = pipeline(reader)
  if (reader.at < reader.tokens.length) throw notUnderstood()
  return String(value)
}

function tokensOf (body: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < body.length; at = token.lastIndex) {
    token.lastIndex = at
    const found = token.exec(body)
    if (found === null) throw notUnderstood()
    tokens.push(found[1]!)
  }
  return tokens
}

function notUnderstood (): Error {
  return new Error('this is no placeholder that decK fills in with env, toInt, toFloat, toBool or indent')
}

function pipeline (reader: Reader): Value {
  let value = call(reader, [])
  while (reader.tokens[reader.at] === '|') {
    reader.at++
    value = call(reader, [value])
  }
  return value
}

/** A function takes what came through the pipe for its last argument. */
function call (reader: Reader, piped: Value[]): Value {
  const name = reader.tokens[reader.at] ?? ''
  if (!/^[A-Za-z_]/.test(name)) {
    if (piped.length > 0) throw notUnderstood()
    return operand(reader)
  }
  reader.at++
  const given: Value[] = []
  while (reader.at < reader.tokens.length && !['|', ')'].includes(reader.tokens[reader.at]!)) given.push(operand(reader))
  return apply(name, [...given, ...piped], reader.env)
}

function operand (reader: Reader): Value {
  const text = reader.tokens[reader.at++] ?? ''
  if (text === '(') {
    const value = pipeline(reader)
    if (reader.tokens[reader.at++] !== ')') throw notUnderstood()
    return value
  }
  if (text.startsWith('`')) return text.slice(1, -1)
  if (text.startsWith('"')) return JSON.parse(text) as string
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw notUnderstood()
}

const truths: ReadonlyMap<string, boolean> = new Map([...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const)])

function apply (name: string, given: readonly Value[], env: (name: string) => string): Value {
  const [first, second] = given
  if (name === 'indent' && given.length === 2 && typeof first === 'number') return String(second).replaceAll('\n', `\n${' '.repeat(Math.min(Math.max(first, 0), 1000))}`)
  if (given.length !== 1 || typeof first !== 'string') throw notUnderstood()
  if (name === 'env') {
    if (!first.startsWith('DECK_')) throw new Error(`decK takes environment variables only whose names begin with DECK_; "${first}" does not`)
    return env(first)
  }
  if (first.startsWith('\uE000')) return first
  if (name === 'toInt' && /^[+-]?\d+$/.test(first)) return Number(first)
  if (name === 'toFloat' && first.trim() !== '' && Number.isFinite(Number(first))) return Number(first)
  if (name === 'toBool' && truths.has(first)) return truths.get(first)!
  // The value may be a secret.
  if (['toInt', 'toFloat', 'toBool'].includes(name)) throw new Error(`${name} cannot read the value`)
  throw notUnderstood()
}
