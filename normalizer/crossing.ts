/** Rule 5 for templates that cross: each is the more specific one somewhere, so neither is a special case of the other. */
import type { Segment } from './endpoint.ts'

/**
 * Whether `other` names at least one segment more exactly than `best` does: `/schemas/{name}/validate` crosses
 * `/schemas/plugins/{plugin}`, but `/users/{id}` does not cross `/users/me`. Both must fit one path.
 */
export function crosses (other: readonly Segment[], best: readonly Segment[]): boolean {
  return namesMore(other, best, forwards) || namesMore(other, best, backwards)
}

type At = (segments: readonly Segment[], index: number) => Segment | undefined

const forwards: At = (segments, index) => segments[index]
const backwards: At = (segments, index) => segments[segments.length - 1 - index]

/** Looks from one end to the first parameter that spans segments: behind it, segments of the two no longer stand side by side. */
function namesMore (other: readonly Segment[], best: readonly Segment[], at: At): boolean {
  for (let index = 0; index < Math.min(other.length, best.length); index++) {
    const [own, rival] = [at(other, index)!, at(best, index)!]
    if (own.kind === 'greedy') return false
    if (rival.kind === 'greedy' || isMoreExact(own, rival)) return true
  }
  return false
}

function isMoreExact (own: Segment, rival: Segment): boolean {
  if (rival.kind === 'static' || own.kind === 'param') return false
  if (own.kind === 'static' || rival.kind === 'param') return true
  return own.kind === 'mixed' && rival.kind === 'mixed' && !holds(own.literals, rival.literals)
}

/** Whether whatever fits the second mixed segment fits the first, as far as their ends tell. */
function holds (own: readonly string[], rival: readonly string[]): boolean {
  return rival[0]!.startsWith(own[0]!) && rival.at(-1)!.endsWith(own.at(-1)!) && own.length <= rival.length &&
    own.slice(1, -1).every((literal, index) => rival[index + 1]!.includes(literal))
}
