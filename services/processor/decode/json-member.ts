/** The members of JSON objects, in the order in which the record before had them. */
import { BAD, COLON, QUOTE, skipSpace, skipString } from '../framing/json-skip.ts'
import { literalAt } from './json-text.ts'
import type { Member, Members } from './members.ts'
import { standsAt } from './words.ts'

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
const mostPatience = 1024

/** The member whose usual value came last so often in a row that it is taken for steady. */
let steady: Member<unknown> | undefined

/** True when the value of this member, which was read just now, is taken for steady; that is told once. */
export function takeSteady (member: Member<unknown>): boolean {
  if (steady !== member) return false
  steady = undefined
  return true
}

/** True when the value of the member at `at` is its usual one. */
export function isUsual (member: Member<unknown>, at: number): boolean {
  if (member.usual === undefined || !standsAt(member.usual, at)) return false
  member.left = member.patience
  if (++member.steadiness >= member.needed) noteSteady(member)
  return true
}

/** Each time takes twice as many, so that values that change now and then cost little. */
function noteSteady (member: Member<unknown>): void {
  member.steadiness = 0
  member.needed *= 2
  steady = member
}

/** Notes a value that stands in `[start, end)` for that of a member that had another one, or none, before. */
export function noteUsual (member: Member<unknown>, bytes: Buffer, start: number, end: number, value: unknown): void {
  member.steadiness = 0
  if (member.left-- > 0) return
  member.patience = Math.min(mostPatience, member.patience * 2)
  member.left = member.patience
  // A number goes on as long as there are digits, so that the byte behind it is a part of what is compared.
  member.usual = literalAt(start, bytes[start] === QUOTE ? end : end + 1)
  member.usualLength = end - start
  member.usualValue = value
}
