import { randomBytes } from 'node:crypto'
import type { Logger } from '../../runtime/log.ts'
import { isBeyondEnd, parseMark, placeOf } from './kafka-range.ts'
import type { Committed } from './kafka-range.ts'
import { Share } from './kafka-share.ts'
import { keyOf } from './kafka-tenure.ts'
import type { Tenure } from './kafka-tenure.ts'

export interface LookUp {
  from: 'earliest' | 'latest'
  log: Logger
  /** True while a position past the end of the log is not believed yet. */
  patient: boolean
}

/**
 * Finds out where the partitions of a tenure stand, by `<topic>/<partition>`, and makes a start durable where there was
 * none. Throws kafkajs's errors, and an error when it has to be asked again.
 */
export async function lookUp (tenure: Tenure, options: LookUp): Promise<Map<string, Share>> {
  const committed = await tenure.committed()
  const shares = new Map<string, Share>()
  for (const partition of tenure.partitions) {
    const key = keyOf(partition)
    const found = committed.get(key)
    if (found === undefined) throw new Error(`no offsets for ${key} yet`)
    // A broker that has just started may not know the end of its log yet, and a reset is not to be taken lightly.
    if (isBeyondEnd(found) && options.patient) throw new Error(`the committed offset of ${key} is past the end of its log`)
    const place = placeOf(found, options.from, randomBytes(4).toString('hex'))
    report(key, found, options)
    if (parseMark(found.metadata)?.era !== place.era) await tenure.commit(partition, place.position, { era: place.era, ends: [] })
    shares.set(key, new Share(partition, place, found.high))
  }
  return shares
}

function report (partition: string, found: Committed, { from, log }: LookUp): void {
  const { offset: committed, low, high } = found
  const fields = { partition, committed, low, high }
  if (isBeyondEnd(found)) log.warn(fields, `the committed offset is past the end of the log; starting anew at the ${from}`)
  else if (committed >= 0 && low > committed) log.warn(fields, 'retention removed messages that were not read yet')
}
