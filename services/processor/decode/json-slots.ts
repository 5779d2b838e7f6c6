import { BAD, BRACE, BRACE_END, COMMA, deepest, skipSpace } from '../framing/json-skip.ts'
import { found, passName } from './json-member.ts'
import { readMember, readValue, result, skipMember } from './json-scan.ts'
import { openText } from './json-text.ts'
import type { Member } from './members.ts'
import { whole } from './shape.ts'
import type { Node, Plan, Target } from './slots.ts'

/** Counts records, so that an object knows whether it comes for the second time in one. */
let record = 0

/**
 * Reads the values of slots out of one JSON object, as {@link scanJson} reads its wanted parts: objects that only lead to slots are
 * not made. False when it cannot be read so; what is in the slots is then of no use.
 */
export function scanSlots (bytes: Buffer, plan: Plan<string>): boolean {
  openText(bytes)
  plan.clear()
  record++
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== BRACE) return false
  at = readMembers(bytes, at + 1, plan, plan.root, 0)
  return at !== BAD && skipSpace(bytes, at) === bytes.length
}

function readMembers (bytes: Buffer, at: number, plan: Plan<string>, node: Node, depth: number): number {
  let gathered: Record<string, unknown> | undefined
  if (node.gather !== -1) plan.put(node.gather, gathered = {})
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACE_END) return at + 1
  let member = node.seen.first
  for (;;) {
    at = passName(bytes, at, node.seen, member)
    if (at === BAD) return BAD
    member = found as Member<Target>
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    if (member.value === undefined) at = skipMember(bytes, at, member, depth)
    else at = readTarget(bytes, at, plan, member, member.value, gathered, depth)
    if (at === BAD) return BAD
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    if (bytes[at] === BRACE_END) return at + 1
    if (bytes[at] !== COMMA) return BAD
    at++
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
  }
}

function readTarget (
  bytes: Buffer, at: number, plan: Plan<string>, member: Member<Target>, { name, node, slot, wanted, gathered }: Target,
  all: Record<string, unknown> | undefined, depth: number
): number {
  if (node !== undefined) return gathered ? BAD : readNode(bytes, at, plan, node, depth)
  const end = readMember(bytes, at, member, wanted, depth)
  if (end === BAD) return BAD
  if (slot !== -1) plan.put(slot, result)
  if (gathered && all !== undefined) all[name] = result
  return end
}

function readNode (bytes: Buffer, at: number, plan: Plan<string>, node: Node, depth: number): number {
  if (node.record === record) for (const slot of node.inside) plan.put(slot, undefined)
  node.record = record
  if (bytes[at] === BRACE && depth < deepest) {
    if (node.self !== -1) plan.put(node.self, true)
    return readMembers(bytes, at + 1, plan, node, depth + 1)
  }
  const end = readValue(bytes, at, whole, depth)
  if (end !== BAD && node.self !== -1) plan.put(node.self, result)
  return end
}
