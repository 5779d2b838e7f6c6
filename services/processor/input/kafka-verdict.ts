/**
 * Decides what has become of a partition's log since the group committed there, and where to go on. Pure.
 */
import { parseMark } from './kafka-range.ts'
import type { Mark, Place } from './kafka-range.ts'

/** What the broker says of one partition: the committed offset (-1: none) with its metadata, and its log. */
export interface Committed {
  offset: number
  metadata: string
  /** The log's first offset, and the one behind its last. */
  low: number
  high: number
  /** Id of the topic, where the broker has one. */
  topic?: string
  /** Where the log ends that the leader has of records up to the mark's epoch; undefined when it does not say. */
  epochEnd?: number
}

/**
 * `none`: nothing was committed. `good`: the log is the one that was committed in. `behind`: retention, or somebody,
 * removed records that were not committed. `anew`: the topic is another one of the same name. `cut`: the topic is the same, and the
 * log ends, or ended, before what was committed. `beyond`: one of the two, and the broker does not tell which.
 */
export type Verdict = 'none' | 'good' | 'behind' | 'anew' | 'cut' | 'beyond'

/** The start of a log, in Kafka's protocol; kafkajs commits it when a position lies outside of the log. */
export const earliest = -2

export function judge (found: Committed): Verdict {
  const mark = parseMark(found.metadata)
  if (found.offset < 0) return 'none'
  const known = mark?.topic !== undefined && found.topic !== undefined
  if (known && mark.topic !== found.topic) return 'anew'
  if (found.offset > survivingEnd(found) || (mark?.ends.at(-1) ?? 0) > found.high) return known ? 'cut' : 'beyond'
  return found.low > found.offset ? 'behind' : 'good'
}

/**
 * Where what is left ends of the log that the committed offset belongs to: as the leader says, or else where its readable records end,
 * which a leader that has just begun may not know yet.
 */
export function survivingEnd ({ high, epochEnd = high }: Committed): number {
  return epochEnd
}

/** True for a verdict that rests on the end of the readable records alone. */
export function isDoubtful (found: Committed): boolean {
  return ['cut', 'beyond'].includes(judge(found)) && !(found.epochEnd !== undefined && found.offset > found.epochEnd)
}

/**
 * Decides where to go on. Nothing that may be unread is passed over: a topic that was made anew is read from its start, also where the
 * group began at the latest, and a log that was cut from where it was cut, both in the new era: their offsets are used for
 * the second time. Only a group that never committed begins at `from`. A position that retention overtook stays the start of
 * its range while that is pending, so that the range keeps its token.
 */
export function placeOf (found: Committed, from: 'earliest' | 'latest', newEra: string): Place {
  const { offset, low, high, topic } = found
  const mark = parseMark(found.metadata)
  const begin = (position: number): Place => start({ era: newEra, topic, ends: [] }, position, low)
  switch (judge(found)) {
    case 'none': return begin(from === 'latest' && offset !== earliest ? high : low)
    case 'anew':
    case 'beyond': return begin(low)
    case 'cut': return begin(Math.max(low, Math.min(offset, survivingEnd(found))))
    case 'good':
    case 'behind': {
      if (mark === undefined) return begin(Math.max(low, offset))
      const intents = mark.ends.filter((end) => end > offset)
      const epoch = low > offset ? undefined : mark.epoch
      return { ...start({ ...mark, topic, epoch }, intents.length > 0 ? offset : Math.max(low, offset), low), intents }
    }
  }
}

function start ({ era, topic, epoch }: Mark, position: number, low: number): Place {
  const next = Math.max(position, low)
  return { era, ...topic === undefined ? {} : { topic }, ...epoch === undefined ? {} : { epoch }, position, intents: [], next, held: [] }
}
