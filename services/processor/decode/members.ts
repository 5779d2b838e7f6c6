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
  /** A text that the member had, with its quotes, and what it was read as: many have one value for long. */
  usual: Literal | undefined
  usualValue: unknown
  /** How many other values may come in a row before one of them is remembered, and how many still may. */
  patience: number
  left: number
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
  const unknown = { literal: undefined, next: undefined, other: undefined, usual: undefined, usualValue: undefined }
  return { ...unknown, name, value, patience: 1, left: 0 }
}
