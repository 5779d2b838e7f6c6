/**
 * Segments that mix literals and parameters (`{id}.json`, `{a}-{b}`, `Users('{id}')`). A parameter holds at least one
 * character. Each literal is looked for once, from the end of the one before (Knuth-Morris-Pratt), so a test is linear
 * in the segment whatever the template: taking the earliest place of an inner literal can never spoil a later one.
 */
import type { Segment } from './endpoint.ts'

/** A mixed segment, compiled. */
export interface MixedPattern {
  readonly prefix: string
  readonly suffix: string
  readonly inner: readonly Needle[]
  readonly minLength: number
}

interface Needle { readonly text: string, readonly failure: Int32Array }

/** Compiles a mixed segment. */
export function compileMixed (segment: Extract<Segment, { kind: 'mixed' }>): MixedPattern {
  const { literals } = segment
  return {
    prefix: literals[0]!,
    suffix: literals[literals.length - 1]!,
    inner: literals.slice(1, -1).map((text) => ({ text, failure: failureTable(text) })),
    minLength: literals.join('').length + literals.length - 1,
  }
}

/** Whether `text[start, end)` fits. When `bounds` is given, it receives start and end of each parameter's value. */
export function fitsMixed (pattern: MixedPattern, text: string, start: number, end: number, bounds?: number[]): boolean {
  if (end - start < pattern.minLength) return false
  const { prefix, suffix, inner } = pattern
  if (!holds(text, start, prefix) || !holds(text, end - suffix.length, suffix)) return false
  const limit = end - suffix.length
  let value = start + prefix.length
  for (const needle of inner) {
    const found = indexWithin(needle, text, value + 1, limit - 1)
    if (found < 0) return false
    bounds?.push(value, found)
    value = found + needle.text.length
  }
  bounds?.push(value, limit)
  return value < limit
}

/**
 * Orders siblings that may both fit a segment, the more specific first: longer leading literal, longer closing literal,
 * more literal characters, fewer parameters.
 */
export function compareMixed (a: MixedPattern, b: MixedPattern): number {
  return b.prefix.length - a.prefix.length || b.suffix.length - a.suffix.length ||
    literalLength(b) - literalLength(a) || a.inner.length - b.inner.length
}

function holds (text: string, at: number, literal: string): boolean {
  for (let index = 0; index < literal.length; index++) {
    if (text.charCodeAt(at + index) !== literal.charCodeAt(index)) return false
  }
  return true
}

/** First place of the needle that lies within `[from, to)`, or -1. */
function indexWithin (needle: Needle, text: string, from: number, to: number): number {
  const { text: wanted, failure } = needle
  let matched = 0
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index)
    while (matched > 0 && code !== wanted.charCodeAt(matched)) matched = failure[matched - 1]!
    if (code === wanted.charCodeAt(matched)) matched++
    if (matched === wanted.length) return index + 1 - matched
  }
  return -1
}

function failureTable (text: string): Int32Array {
  const failure = new Int32Array(text.length)
  let matched = 0
  for (let index = 1; index < text.length; index++) {
    while (matched > 0 && text[index] !== text[matched]) matched = failure[matched - 1]!
    if (text[index] === text[matched]) matched++
    failure[index] = matched
  }
  return failure
}

function literalLength (pattern: MixedPattern): number {
  return pattern.minLength - pattern.inner.length - 1
}
