import { BACKSLASH } from '../framing/json-skip.ts'
import { literalOf, shortestLiteral } from './literal.ts'
import type { Literal } from './literal.ts'

/** A member of an object as it was seen. `value` is what is wanted of it, undefined for one that nobody wants. */
export interface Member<Value> {
  /** Its name with both quotes and the colon; undefined for a name that is not remembered. */
  literal: Literal | undefined
  name: string
  value: Value | undefined
  /** The members that stood behind this one last and before that: most records have theirs in the order of the record before. */
  next: Member<Value> | undefined
  other: Member<Value> | undefined
  /** A value that the member had, at least as it begins, its length, and what it was read as: many have one value for long. */
  usual: Literal | undefined
  usualLength: number
  usualValue: unknown
  /** How many other values may come in a row before one of them is remembered, and how many still may. */
  patience: number
  left: number
  /** How often the usual value came in a row, and how often it must before it is taken for steady. */
  steadiness: number
  needed: number
  /** What stood behind this member's value in earlier records. */
  run: Run<Value> | undefined
}

/** Bytes from behind one value to the next one that changes: names, and members between them whose values are steady. */
export interface Run<Value> {
  literal: Literal
  /** What is wanted of the members in between, and their values. */
  passed: ReadonlyArray<{ target: Value, value: unknown }>
  /** The member whose value follows; undefined where the object ends. */
  last: Member<Value> | undefined
  /** How often something else stood there. */
  misses: number
}

/** Most members of one object, and the longest name (bytes), that are remembered. */
const mostMembers = 256
const longest = 64

/** Knows the members that one object of a record has, over all records. */
export class Members<Value> {
  readonly #valueOf: (name: string) => Value | undefined
  readonly #byName = new Map<string, Member<Value>>()
  /** What comes first in an object follows this one. */
  readonly first: Member<Value> = newMember<Value>('', undefined)

  /** `valueOf` says what is wanted of a member. */
  constructor (valueOf: (name: string) => Value | undefined) {
    this.#valueOf = valueOf
  }

  /**
   * The member whose name stands at `[start, end)`, between its quotes, and that follows `previous`. Undefined for a name with
   * escapes: it is left to JSON.parse, for it may be a wanted one.
   */
  find (bytes: Buffer, start: number, end: number, previous: Member<Value>): Member<Value> | undefined {
    const name = bytes.toString('utf8', start, end)
    const member = this.#byName.get(name) ?? this.#create(bytes, start, end, name)
    if (member?.literal === undefined) return member
    previous.other = previous.next
    previous.next = member
    return member
  }

  #create (bytes: Buffer, start: number, end: number, name: string): Member<Value> | undefined {
    for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return undefined
    const member = newMember<Value>(name, this.#valueOf(name))
    const colon = Buffer.concat([Buffer.from('"'), bytes.subarray(start, end), Buffer.from('":')])
    if (this.#byName.size >= mostMembers || end - start > longest || colon.length < shortestLiteral) return member
    member.literal = literalOf(colon)
    this.#byName.set(name, member)
    return member
  }
}

function newMember<Value> (name: string, value: Value | undefined): Member<Value> {
  return {
    literal: undefined,
    name,
    value,
    next: undefined,
    other: undefined,
    usual: undefined,
    usualLength: 0,
    usualValue: undefined,
    patience: 1,
    left: 0,
    steadiness: 0,
    needed: 16,
    run: undefined,
  }
}
