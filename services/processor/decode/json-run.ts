/** Runs of bytes that stand the same in one record after the other: names, and members whose values are steady. */
import { literalOf, shortestLiteral } from './literal.ts'
import type { Member, Run } from './members.ts'
import { standsAt } from './words.ts'

/** Nothing that is wanted was passed. */
export const nothing: readonly never[] = []

/** Longest run, in bytes. */
const longestRun = 1024

/** A run is dropped when something else stands there more often than once in so many records. */
const missCost = 8
const mostMisses = 64

/** The run behind the value of a member, when it stands at `at`. */
export function runAt<Value> (member: Member<Value>, at: number): Run<Value> | undefined {
  const { run } = member
  if (run === undefined) return undefined
  if (standsAt(run.literal, at)) {
    if (run.misses > 0) run.misses--
    return run
  }
  run.misses += missCost
  if (run.misses > mostMisses) member.run = undefined
  return undefined
}

/**
 * Notes what stands in `[start, end)` as the run behind `origin`: one that was passed before, a member with a steady value, and
 * what came behind that, up to the value of `last`.
 */
export function growRun<Value> (
  origin: Member<Value>, bytes: Buffer, start: number, end: number, passed: Run<Value>['passed'], last: Member<Value> | undefined
): void {
  const isRemembered = last === undefined || last.literal !== undefined
  if (!isRemembered || end - start > longestRun || end - start < shortestLiteral) return
  origin.run = { literal: literalOf(bytes.subarray(start, end)), passed, last, misses: 0 }
}
