/** Request targets written from templates: what lint asks a matcher, to learn what it would answer. */
import type { Form } from '../endpoint.ts'
import type { Branch } from '../branch.ts'

/** Gives the value of a path parameter. */
export type Fill = (name: string) => string

/**
 * A value that no literal of any template can be taken for: no static segment holds it, and none of its characters
 * stands in a mixed segment. What fits a template filled with it therefore fits whatever it is filled with.
 */
export function freshValue (branches: readonly Branch[]): string {
  const statics = new Set<string>()
  const used = new Set<string>()
  for (const segment of branches.flatMap(({ form }) => form.segments)) {
    if (segment.kind === 'static') statics.add(segment.text)
    if (segment.kind === 'mixed') for (const character of segment.literals.join('')) used.add(character)
  }
  const free = [...candidates].find((character) => !used.has(character)) ?? candidates[0]!
  const longest = [...statics].reduce((length, text) => Math.max(length, runOf(text, free)), 0)
  return free.repeat(Math.max(longest + 1, 3))
}

const candidates = '~!*$@+,;=&()zqxjkwvybfgpumlhdcrnsioatreZQXJKWVYBFGPUMLHDCRNSIOATE7986543210_-'

/** Length of the longest run of a character. */
function runOf (text: string, character: string): number {
  let longest = 0
  let run = 0
  for (const letter of text) {
    run = letter === character ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

/** Writes a path that fits a form; the parameters that may span segments take as many as `spans` says, or one. */
export function writePath ({ segments, slash }: Pick<Form, 'segments' | 'slash'>, fill: Fill, spans: readonly number[] = []): string {
  let greedy = 0
  const parts = segments.map((segment) => {
    if (segment.kind === 'static') return segment.text
    if (segment.kind === 'param') return fill(segment.names[0]!)
    if (segment.kind === 'greedy') return Array.from({ length: spans[greedy++] ?? 1 }, () => fill(segment.names[0]!)).join('/')
    return segment.literals.map((literal, index) => literal + (index < segment.names.length ? fill(segment.names[index]![0]!) : '')).join('')
  })
  return `/${parts.join('/')}${slash && parts.length > 0 ? '/' : ''}`
}

/**
 * How many segments each of `count` parameters may take, 1 to `longest`: first the same for all, then what mixes them, at
 * most `most` of all.
 */
export function * spansOf (count: number, longest: number, most: number): Generator<number[]> {
  for (let same = 1; same <= (count === 0 ? 1 : longest); same++) yield Array.from({ length: count }, () => same)
  for (let number = 1; number < Math.min(longest ** count, most); number++) {
    const spans = Array.from({ length: count }, (_, place) => 1 + Math.floor(number / longest ** place) % longest)
    if (new Set(spans).size > 1) yield spans
  }
}

/** A host that a declared one stands for: the variable part of a wildcard is filled in; undefined = any host. */
export function writeHost (declared: string): string | undefined {
  return declared === '' ? undefined : declared.replaceAll('*', 'any')
}
