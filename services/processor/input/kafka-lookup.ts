import { randomBytes } from 'node:crypto'
import type { Logger } from '../../runtime/log.ts'
import { formatMark, parseMark } from './kafka-range.ts'
import type { Place } from './kafka-range.ts'
import { Share } from './kafka-share.ts'
import { keyOf } from './kafka-generation.ts'
import type { Partition, Generation } from './kafka-generation.ts'
import { earliest, isDoubtful, judge, placeOf, survivingEnd } from './kafka-verdict.ts'
import type { Committed } from './kafka-verdict.ts'

/** What this process knows of a partition by `<topic>/<partition>`, over its sessions. */
export type Memory = Map<string, Remembered>

interface Remembered {
  offset: number
  metadata: string
  /** Newest known end of the log. */
  high: number
  /** How far records were counted as lost. */
  lostTo?: number
}

export interface LookUp {
  from: 'earliest' | 'latest'
  log: Logger
  /** True while a position past the end of the log is not believed yet. */
  patient: boolean
  memory: Memory
  /** Counts records that were not read and are gone. */
  lose (records: number): void
}

/**
 * Finds out where the partitions of a generation stand, by `<topic>/<partition>`, and makes a start durable where there was
 * none. Throws kafkajs's errors, and an error when it has to be asked again.
 */
export async function lookUp (generation: Generation, options: LookUp): Promise<Map<string, Share>> {
  const committed = await generation.committed()
  const shares = new Map<string, Share>()
  // Who has a partition in between knows better.
  for (const key of options.memory.keys()) if (!committed.has(key)) options.memory.delete(key)
  for (const partition of generation.partitions) {
    const key = keyOf(partition)
    const answer = committed.get(key)
    if (answer === undefined) throw new Error(`no offsets for ${key} yet`)
    const found = await recall(generation, partition, answer, options.memory)
    // A broker that has just started may not know the end of its log yet, and a reset is not to be taken lightly.
    if (options.patient && isDoubtful(found)) throw new Error(`the committed offset of ${key} is past the end of its log`)
    const place = placeOf(found, options.from, randomBytes(4).toString('hex'))
    if (parseMark(found.metadata)?.era !== place.era || place.position !== answer.offset) await begin(generation, partition, place)
    report(key, found, options)
    const share = new Share(partition, place, found.high)
    remember(options.memory, share)
    shares.set(key, share)
  }
  return shares
}

async function begin (generation: Generation, partition: Partition, { era, topic, epoch, position, intents }: Place): Promise<void> {
  const origin = { era, ...topic === undefined ? {} : { topic }, ...epoch === undefined ? {} : { epoch } }
  await generation.commit(partition, position, { ...origin, ends: intents })
}

/**
 * What was committed, also where the broker does not say it any more: kafkajs overwrites it with the start of the log when its
 * position lies outside of that, and brokers forget it together with a topic that is deleted.
 */
async function recall (generation: Generation, partition: Partition, answer: Committed, memory: Memory): Promise<Committed> {
  const known = memory.get(keyOf(partition))
  if (known === undefined || (answer.offset !== earliest && answer.offset !== -1)) return answer
  const { offset, metadata } = known
  const found = { ...answer, offset, metadata, epochEnd: await generation.epochEnd(partition, parseMark(metadata)?.epoch) }
  // A group whose offsets were deleted by somebody begins anew.
  return answer.offset === -1 && judge(found) !== 'anew' ? answer : found
}

function report (partition: string, found: Committed, { log, memory, lose }: LookUp): void {
  const { offset: committed, low, high, metadata } = found
  const fields = { partition, committed, low, high }
  switch (judge(found)) {
    case 'none':
    case 'good': return
    case 'anew': {
      const records = Math.max(0, (memory.get(partition)?.high ?? 0) - Math.max(committed, parseMark(metadata)?.ends.at(-1) ?? 0))
      lose(records)
      return log.warn({ ...fields, records }, 'the topic was deleted and made anew; it is read from its start. ' +
        'What was not read of the old one is lost: records says how many, as far as this process knew of them')
    }
    case 'cut': return log.warn({ ...fields, records: Math.max(0, committed - survivingEnd(found)) },
      'the log was cut below the committed offset; it is read on where it was cut. The records that it lost were read before')
    case 'beyond': return log.warn(fields, 'the committed offset is past the end of the log, and the broker does not say why; ' +
      'starting anew at the earliest, so records may come twice')
    case 'behind': {
      const counted = memory.get(partition)
      const records = low - Math.max(committed, counted?.lostTo ?? 0)
      memory.set(partition, { offset: committed, metadata, high, ...counted, lostTo: low })
      if (records <= 0) return
      lose(records)
      const pending = parseMark(metadata)?.ends.at(-1)
      return log.warn({ ...fields, records, ...pending === undefined ? {} : { pending } }, 'retention removed messages that were not read yet')
    }
  }
}

/** Remembers what is committed for a share. */
export function remember (memory: Memory, share: Share): void {
  const { offset, mark } = share.committed
  memory.set(share.key, { ...memory.get(share.key), offset, metadata: formatMark(mark), high: share.high })
}
