import { BACKSLASH } from '../framing/json-skip.ts'

/**
 * A member of an object as it was seen: `bytes` are its name with both quotes and the colon. `value` is what is wanted of it,
 * undefined for one that nobody wants.
 */
export interface Member<Value> {
  bytes: Uint8Array
  name: string
  value: Value | undefined
  /** The members that stood behind this one last and before that: most records have theirs in the order of the record before. */
  next: Member<Value> | undefined
  other: Member<Value> | undefined
}

/** Most members of one object, and the longest name (bytes), that are remembered. */
const mostMembers = 256
const longest = 64

/** Knows the members that one object of a record has, over all records. */
export class Members<Value> {
  readonly #valueOf: (name: string) => Value | undefined
  readonly #byName = new Map<string, Member<Value>>()
  /** What comes first in an object follows this one. */
  readonly first: Member<Value> = { bytes: new Uint8Array(), name: '', value: undefined, next: undefined, other: undefined }

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
    if (member === undefined || member.bytes.length === 0) return member
    previous.other = previous.next
    previous.next = member
    return member
  }

  #create (bytes: Buffer, start: number, end: number, name: string): Member<Value> | undefined {
    for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return undefined
    const member: Member<Value> = { bytes: new Uint8Array(), name, value: this.#valueOf(name), next: undefined, other: undefined }
    if (this.#byName.size >= mostMembers || end - start > longest) return member
    member.bytes = Uint8Array.from(Buffer.concat([Buffer.from('"'), bytes.subarray(start, end), Buffer.from('":')]))
    this.#byName.set(name, member)
    return member
  }
}
