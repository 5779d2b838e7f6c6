/**
 * Regular expressions of gateway configurations, run as a set of states (Thompson; Pike's order of preference), so that
 * no pattern and no path can make them explode. The syntax is that of Rust's regex crate as far as routes need it:
 * https://docs.rs/regex/latest/regex/#syntax. Look-around and back-references are not in it, here as there.
 */

import { createMachine } from './pattern-machine.ts'
import type { Machine } from './pattern-machine.ts'
import { assemble, maxSize } from './pattern-program.ts'
import type { Syntax } from './pattern-program.ts'

/** A compiled pattern, anchored at the start. */
export interface Pattern {
  /** What every match begins with, literally. */
  readonly head: string
  /** What every match holds behind its head, literally; '' when that cannot be told. */
  readonly inner: string
  /** Length of the preferred match at the start of `text`, or -1. Linear in the text. */
  matchLength (text: string): number
}

/** Compiles a pattern; null when its syntax is not understood. */
export function compilePattern (source: string): Pattern | null {
  try {
    const parser: Parser = { source, at: 0, fold: false, size: 0 }
    const tree = parseAlternatives(parser)
    if (parser.at < source.length) return null
    const program = assemble(tree)
    const head = literalHead(tree)
    const inner = literalRuns(tree).slice(1).reduce((longest, run) => run.length > longest.length ? run : longest, '')
    let machine: Machine | undefined
    return { head, inner, matchLength: (text) => text.startsWith(head) ? (machine ??= createMachine(program, head))(text) : -1 }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** A test whether a pattern fits anywhere in a text of one line, whatever the case; null when its syntax is not understood. */
export function compileSearch (source: string): ((text: string) => boolean) | null {
  // By itself first: `a)(b` must not become understood.
  const pattern = compilePattern(source) === null ? null : compilePattern(`.*?(?i:${source})`)
  return pattern === null ? null : (text) => pattern.matchLength(text) >= 0
}

interface Parser { source: string, at: number, fold: boolean, size: number }

/** Codes 0 to 127; everything above counts as one, 128 (paths in normal form are ASCII). */
const alphabet = 129

function parseAlternatives (parser: Parser): Syntax {
  const parts = [parseSequence(parser)]
  while (parser.source[parser.at] === '|') {
    parser.at++
    parts.push(parseSequence(parser))
  }
  return parts.length === 1 ? parts[0]! : { kind: 'choice', parts }
}

function parseSequence (parser: Parser): Syntax {
  const parts: Syntax[] = []
  while (parser.at < parser.source.length && !'|)'.includes(parser.source[parser.at]!)) parts.push(parseRepeat(parser))
  return { kind: 'sequence', parts }
}

function parseRepeat (parser: Parser): Syntax {
  let part = parseAtom(parser)
  for (;;) {
    const rest = parser.source.slice(parser.at, parser.at + 16)
    const match = /^(?:[*+?]|\{(\d{1,6})(,(\d{0,6}))?\})(\??)/.exec(rest)
    if (match === null) return part
    parser.at += match[0].length
    const least = match[1] !== undefined ? Number(match[1]) : match[0][0] === '+' ? 1 : 0
    if (Math.max(least, Number(match[3] ?? 0)) > maxSize) throw new SyntaxError('too large')
    const most = match[1] === undefined ? (match[0][0] === '?' ? 1 : Infinity) : upperBound(match[2], match[3], least)
    part = { kind: 'repeat', part, least, most, lazy: match[4] === '?' }
  }
}

function upperBound (comma: string | undefined, digits: string | undefined, least: number): number {
  if (comma === undefined) return least
  return digits === '' ? Infinity : Number(digits)
}

function parseAtom (parser: Parser): Syntax {
  if (++parser.size > maxSize) throw new SyntaxError('too large')
  const character = parser.source[parser.at++]!
  if (character === '(') return parseGroup(parser)
  if (character === '[') return { kind: 'set', codes: parseClass(parser) }
  if (character === '^' || character === '$') return { kind: 'assert', what: character }
  if (character === '.') return { kind: 'set', codes: codesWhere((code) => code !== 10) }
  if (character !== '\\') {
    if ('*+?'.includes(character)) throw new SyntaxError('nothing to repeat')
    return { kind: 'set', codes: single(character, parser.fold) }
  }
  const next = parser.source[parser.at]
  if (next === 'b' || next === 'B') {
    parser.at++
    return { kind: 'assert', what: next }
  }
  if (next === 'A' || next === 'z') {
    parser.at++
    return { kind: 'assert', what: next === 'A' ? '^' : '$' }
  }
  return { kind: 'set', codes: parseEscape(parser) }
}

function parseGroup (parser: Parser): Syntax {
  const opening = /^\?(?:P?<[A-Za-z_][\w.[\]-]*>|([a-zA-Z]*)(:|\)))/.exec(parser.source.slice(parser.at, parser.at + 80))
  if (opening === null && parser.source[parser.at] === '?') throw new SyntaxError('unsupported group')
  const before = parser.fold
  if (opening !== null) {
    parser.at += opening[0].length
    if (/[^is]/.test(opening[1] ?? '')) throw new SyntaxError('unsupported flag')
    if (opening[1]?.includes('i') === true) parser.fold = true
    // `(?i)` holds to the end of the enclosing group.
    if (opening[2] === ')') return { kind: 'sequence', parts: [] }
  }
  const inner = parseAlternatives(parser)
  if (parser.source[parser.at++] !== ')') throw new SyntaxError('unclosed group')
  parser.fold = before
  return inner
}

function parseClass (parser: Parser): Uint8Array {
  const negated = parser.source[parser.at] === '^'
  if (negated) parser.at++
  const codes = new Uint8Array(alphabet)
  for (let first = true; parser.source[parser.at] !== ']' || first; first = false) {
    if (parser.at >= parser.source.length) throw new SyntaxError('unclosed class')
    addClassItem(parser, codes)
  }
  parser.at++
  return negated ? codes.map((inside) => 1 - inside) : codes
}

function addClassItem (parser: Parser, codes: Uint8Array): void {
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(parser.source.slice(parser.at, parser.at + 16))
  if (posix !== null) {
    parser.at += posix[0].length
    const named = posixClasses[posix[2]!]
    if (named === undefined) throw new SyntaxError('unknown class')
    merge(codes, codesWhere((code) => named.test(String.fromCharCode(code)) === (posix[1] === '')))
    return
  }
  const low = classItem(parser)
  const range = parser.source[parser.at] === '-' && parser.source[parser.at + 1] !== ']' && parser.at + 1 < parser.source.length
  if (!range || low.code < 0) {
    merge(codes, low.codes)
    return
  }
  parser.at++
  const high = classItem(parser)
  if (high.code < low.code) throw new SyntaxError('reversed range')
  for (let code = low.code; code <= high.code; code++) merge(codes, single(String.fromCharCode(code), parser.fold))
}

function classItem (parser: Parser): { code: number, codes: Uint8Array } {
  const character = parser.source[parser.at++]!
  const codes = character === '\\' ? parseEscape(parser) : single(character, parser.fold)
  const literal = character === '\\' ? parser.source[parser.at - 1]! : character
  const isSet = character === '\\' && /[dDwWsS]/.test(literal)
  return { code: isSet ? -1 : codes.indexOf(1), codes }
}

const posixClasses: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/, digit: /[0-9]/, alnum: /[0-9A-Za-z]/, upper: /[A-Z]/, lower: /[a-z]/, xdigit: /[0-9A-Fa-f]/, punct: /[!-/:-@[-`{-~]/, word: /\w/, space: /\s/,
}
const escapedSets: Readonly<Record<string, RegExp>> = { d: /[0-9]/, D: /[^0-9]/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ }
const escapedCodes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }

function parseEscape (parser: Parser): Uint8Array {
  const character = parser.source[parser.at++]
  if (character === undefined) throw new SyntaxError('nothing escaped')
  const set = escapedSets[character]
  if (set !== undefined) return codesWhere((code) => set.test(code === 128 ? 'é' : String.fromCharCode(code)))
  if (character === 'x') {
    const hex = /^[0-9A-Fa-f]{2}/.exec(parser.source.slice(parser.at, parser.at + 2))
    if (hex === null) throw new SyntaxError('bad escape')
    parser.at += 2
    return single(String.fromCharCode(Number.parseInt(hex[0], 16)), parser.fold)
  }
  if (/[A-Za-z0-9]/.test(character) && escapedCodes[character] === undefined) throw new SyntaxError('unsupported escape')
  return single(escapedCodes[character] ?? character, parser.fold)
}

function single (character: string, fold: boolean): Uint8Array {
  const codes = new Uint8Array(alphabet)
  for (const form of fold ? [character.toLowerCase(), character.toUpperCase()] : [character]) codes[Math.min(form.charCodeAt(0), 128)] = 1
  return codes
}

function codesWhere (test: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: alphabet }, (_, code) => test(code) ? 1 : 0)
}

function merge (into: Uint8Array, codes: Uint8Array): void {
  for (let code = 0; code < alphabet; code++) into[code]! |= codes[code]!
}

function literalHead (tree: Syntax): string {
  let head = ''
  for (const part of tree.kind === 'sequence' ? tree.parts : [tree]) {
    if (part.kind === 'assert' && part.what === '^') continue
    const literal = literalOf(part)
    if (literal === '') break
    head += literal
  }
  return head
}

/** The literal texts that every match holds, in their order; the first one is '' where something else comes first. */
function literalRuns (tree: Syntax, runs: string[] = ['']): string[] {
  const literal = literalOf(tree)
  if (tree.kind === 'sequence') for (const part of tree.parts) literalRuns(part, runs)
  else if (literal !== '') runs[runs.length - 1] += literal
  else if (tree.kind !== 'assert') runs.push('')
  return runs
}

/** The only character that a set takes; '' for anything else. */
function literalOf (part: Syntax): string {
  if (part.kind !== 'set' || part.codes.reduce((sum, inside) => sum + inside, 0) !== 1 || part.codes[128] === 1) return ''
  return String.fromCharCode(part.codes.indexOf(1))
}
