import { BAD, BRACE, BRACE_END, BRACKET, BRACKET_END, COMMA, deepest, QUOTE, skipSpace, skipValue } from '../framing/json-skip.ts'
import { found, passName, takeSteady } from './json-member.ts'
import { growRun, nothing, runAt } from './json-run.ts'
import { readMember, readValue, result, skipMember } from './json-scan.ts'
import { openText, readPlainText, skipText, text } from './json-text.ts'
import type { Member, Run } from './members.ts'
import { whole } from './shape.ts'
import type { Node, Plan, Target } from './slots.ts'
import { page, standsAt } from './words.ts'

/** The wanted members of an object by their names, where that is what a slot asks for. */
type Gathered = Record<string, unknown> | undefined

/** How many objects of a kind are read for what there is to learn after one that did not stand as learned, and most of them. */
const lessonsOfMiss = 2
const mostLessons = 64

/** Counts records, so that an object knows whether it comes for the second time in one. */
let record = 0

/**
 * Reads the values of slots out of one JSON object, as {@link scanJson} reads its wanted parts: objects that only lead to slots are
 * not made. False when it cannot be read so; what is in the slots is then of no use.
 */
export function scanSlots (bytes: Buffer, plan: Plan<string>): boolean {
  if (!openText(bytes)) return false
  plan.clear()
  record++
  let at = skipSpace(page, 0)
  if (page[at] !== BRACE) return false
  at = readMembers(page, at + 1, plan, plan.root, 0)
  return at !== BAD && skipSpace(page, at) === bytes.length
}

function readMembers (bytes: Buffer, at: number, plan: Plan<string>, node: Node, depth: number): number {
  const gathered: Gathered = node.gather === -1 ? undefined : {}
  if (gathered !== undefined) plan.put(node.gather, gathered)
  if (node.lessons-- > 0) return learnMembers(bytes, at, plan, node, node.seen.first, gathered, depth)
  const end = walkMembers(bytes, at, plan, node.seen.first, gathered, depth)
  if (stopped === undefined) return end
  node.lessons = Math.min(node.lessons + lessonsOfMiss, mostLessons)
  return learnMembers(bytes, end, plan, node, stopped, gathered, depth)
}

/** The member behind which {@link walkMembers} could not go on; undefined when it came to the end of the object. */
let stopped: Member<Target> | undefined

/**
 * Passes members that stand as they were learned, from behind `member` on. Gives the place where it stopped, or that behind the
 * object; BAD when there is a fault in it.
 */
function walkMembers (bytes: Buffer, at: number, plan: Plan<string>, member: Member<Target>, all: Gathered, depth: number): number {
  for (;;) {
    let end = at
    let next: Member<Target> | undefined
    const { run } = member
    if (run !== undefined && standsAt(run.literal, at)) {
      if (run.passed.length > 0) putPassed(plan, run, all)
      end += run.literal.length
      next = run.last
      if (next === undefined) {
        stopped = undefined
        return end
      }
    } else {
      next = nextAt(member, at)
      if (next === undefined) break
      end += next.literal!.length
    }
    end = walkValue(bytes, end, plan, next.value, all, depth)
    if (bytes[end] === BRACE_END) {
      stopped = undefined
      return end + 1
    }
    if (bytes[end] !== COMMA) break
    member = next
    at = end + 1
  }
  stopped = member
  return at
}

/** The member that stands at `at` as it stood behind this one before. */
function nextAt ({ next, other }: Member<Target>, at: number): Member<Target> | undefined {
  if (next?.literal !== undefined && standsAt(next.literal, at)) return next
  return other?.literal !== undefined && standsAt(other.literal, at) ? other : undefined
}

function walkValue (bytes: Buffer, at: number, plan: Plan<string>, target: Target | undefined, all: Gathered, depth: number): number {
  const isText = bytes[at] === QUOTE
  if (target === undefined) return isText ? skipText(at + 1) : skipValue(bytes, at, depth)
  if (target.node !== undefined) return target.gathered ? BAD : readNode(bytes, at, plan, target.node, depth)
  if (isText) {
    const end = readPlainText(at + 1, target.wanted.kind === 'fresh')
    if (end !== BAD) putTarget(plan, target, text, all)
    return end
  }
  const end = readValue(bytes, at, target.wanted, depth)
  if (end !== BAD) putTarget(plan, target, result, all)
  return end
}

function putTarget (plan: Plan<string>, { slot, gathered, name }: Target, value: unknown, all: Gathered): void {
  if (slot !== -1) plan.put(slot, value)
  if (gathered && all !== undefined) all[name] = value
}

/** Reads members as they come, and learns in which order they stand and which have steady values. */
function learnMembers (
  bytes: Buffer, at: number, plan: Plan<string>, node: Node, member: Member<Target>, gathered: Gathered, depth: number
): number {
  at = skipSpace(bytes, at)
  if (member === node.seen.first && bytes[at] === BRACE_END) return at + 1
  // What the run that is being passed begins behind, where, and what is wanted in it.
  let origin = member
  let begin = at
  let passed: Run<Target>['passed'] = nothing
  let grows = false
  for (;;) {
    if (!grows) {
      origin = member
      begin = at
      passed = nothing
    }
    const run = runAt(member, at)
    if (run === undefined) {
      at = passName(bytes, at, node.seen, member)
      if (at === BAD) return BAD
    } else {
      at += run.literal.length
      if (run.passed.length > 0) {
        putPassed(plan, run, gathered)
        passed = grows ? [...passed, ...run.passed] : run.passed
      }
    }
    const next = run === undefined ? found as Member<Target> : run.last
    if (grows) growRun(origin, bytes, begin, at, passed, next)
    if (next === undefined) return at
    member = next
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    at = readMemberValue(bytes, at, plan, member, gathered, depth)
    if (at === BAD) return BAD
    grows = takeSteady(member)
    if (grows && member.value !== undefined) passed = [...passed, { target: member.value, value: member.usualValue }]
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    if (bytes[at] === BRACE_END) {
      if (grows) growRun(origin, bytes, begin, at + 1, passed, undefined)
      return at + 1
    }
    if (bytes[at] !== COMMA) return BAD
    at++
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
  }
}

function putPassed (plan: Plan<string>, { passed }: Run<Target>, all: Gathered): void {
  for (const { target, value } of passed) putTarget(plan, target, value, all)
}

function readMemberValue (bytes: Buffer, at: number, plan: Plan<string>, member: Member<Target>, all: Gathered, depth: number): number {
  const { value } = member
  return value === undefined ? skipMember(bytes, at, member, depth) : readTarget(bytes, at, plan, member, value, all, depth)
}

function readTarget (
  bytes: Buffer, at: number, plan: Plan<string>, member: Member<Target>, target: Target, all: Gathered, depth: number
): number {
  if (target.node !== undefined) return target.gathered ? BAD : readNode(bytes, at, plan, target.node, depth)
  const end = readMember(bytes, at, member, target.wanted, depth)
  if (end !== BAD) putTarget(plan, target, result, all)
  return end
}

function readNode (bytes: Buffer, at: number, plan: Plan<string>, node: Node, depth: number): number {
  if (node.record === record) for (const slot of node.inside) plan.put(slot, undefined)
  node.record = record
  if (bytes[at] === BRACE && depth < deepest) {
    if (node.self !== -1) plan.put(node.self, true)
    return readMembers(bytes, at + 1, plan, node, depth + 1)
  }
  if (bytes[at] === BRACKET && node.element !== undefined && depth < deepest) {
    return readElements(bytes, at + 1, plan, node, node.element, depth + 1)
  }
  const end = readValue(bytes, at, whole, depth)
  if (end !== BAD && node.self !== -1) plan.put(node.self, result)
  return end
}

/** Reads an array of which the number of elements is wanted, and members of its last one. */
function readElements (bytes: Buffer, at: number, plan: Plan<string>, { count: slot }: Node, element: Node, depth: number): number {
  let count = 0
  for (at = skipSpace(bytes, at); bytes[at] !== BRACKET_END; at = skipSpace(bytes, at)) {
    if (count > 0) {
      if (bytes[at] !== COMMA) return BAD
      at = skipSpace(bytes, at + 1)
    }
    for (const inside of element.inside) plan.put(inside, undefined)
    at = bytes[at] === BRACE && depth < deepest ? readMembers(bytes, at + 1, plan, element, depth + 1) : skipValue(bytes, at, depth)
    if (at === BAD) return BAD
    count++
  }
  if (slot !== -1) plan.put(slot, count)
  return at + 1
}
