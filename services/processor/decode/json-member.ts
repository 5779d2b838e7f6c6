/** The members of JSON objects, in the order in which the record before had them. */
import { BAD, COLON, QUOTE, skipSpace, skipString } from '../framing/json-skip.ts'
import { literalAt, standsAt } from './json-text.ts'
import type { Member, Members } from './members.ts'

/** The newest member found; handing it over aside spares an allocation for each member. */
export let found: Member<unknown>

/** Passes a name and its colon, and sets {@link found}. It is most likely the one that followed `previous` in an earlier record. */
export function passName (bytes: Buffer, at: number, members: Members<unknown>, previous: Member<unknown>): number {
  const { next, other } = previous
  if (next?.literal !== undefined) {
    if (standsAt(next.literal, at)) {
      found = next
      return at + next.literal.length
    }
    if (other?.literal !== undefined && standsAt(other.literal, at)) {
      found = other
      return at + other.literal.length
    }
  }
  return findName(bytes, at, members, previous)
}

function findName (bytes: Buffer, at: number, members: Members<unknown>, previous: Member<unknown>): number {
  if (bytes[at] !== QUOTE) return BAD
  const end = skipString(bytes, at + 1)
  if (end === BAD) return BAD
  const member = members.find(bytes, at + 1, end - 1, previous)
  const colon = skipSpace(bytes, end)
  if (member === undefined || bytes[colon] !== COLON) return BAD
  found = member
  return colon + 1
}

/** Most values in a row that may be others than the usual one before another one becomes it: twice as many each time, up to this. */
const mostPatience = 64

/** True when the value of the member at `at` is its usual one. */
export function isUsual (member: Member<unknown>, at: number): boolean {
  if (member.usual === undefined || !standsAt(member.usual, at)) return false
  member.left = member.patience
  return true
}

/** Notes a text that stands in `[start, end)`, with its quotes, for the value of a member that had another one, or none, before. */
export function noteUsual (member: Member<unknown>, bytes: Buffer, start: number, end: number, value: unknown): void {
  if (member.left-- > 0) return
  member.patience = Math.min(mostPatience, member.patience * 2)
  member.left = member.patience
  member.usual = literalAt(bytes, start, end)
  member.usualValue = value
}
