import type { Batch } from 'kafkajs'
import type { Logger } from '../../runtime/log.ts'
import type { Message } from './kafka-range.ts'
import type { Share } from './kafka-share.ts'
import type { Generation } from './kafka-generation.ts'

/**
 * Throws when what was fetched is not what comes next in the log of a share: a session that begins finds out what has become of
 * the log. The topic's id is asked for after the fetch, so that what was fetched before it changed is still of the old topic.
 */
export async function checkLog (generation: Generation, { place, partition, key }: Share, batch: Batch): Promise<void> {
  // kafkajs went back to the start because the log no longer reaches the position.
  if (Number(batch.firstOffset() ?? place.next) < place.next) throw new Error(`the offsets of ${key} start anew`)
  if (place.topic !== undefined && await generation.topicId(partition) !== place.topic) throw new Error(`${key} is of another topic than before`)
  // Another leader wrote them: it may have begun before the position, and these records may stand behind ones that were not read.
  const [first] = batch.messages as Message[]
  if (first?.batchContext === undefined || first.batchContext.partitionLeaderEpoch === place.epoch) return
  if ((await generation.epochEnd(partition, place.epoch) ?? Infinity) < place.next) throw new Error(`the log of ${key} was cut`)
}

/** How many records retention took away before they were fetched: kafkajs goes on at the start of the log then. */
export async function passGap (generation: Generation, share: Share, batch: Batch, log: Logger): Promise<number> {
  // kafkajs's types leave it out; without messages nothing was passed over.
  const { fetchedOffset } = batch as Batch & { fetchedOffset: string }
  const from = share.fetched
  if (Number(fetchedOffset) <= from) return 0
  const low = await generation.low(share.partition)
  const records = Math.max(0, Math.min(low, Number(fetchedOffset)) - from)
  share.fetched = Number(fetchedOffset)
  if (records > 0) log.warn({ partition: share.key, from, low, records }, 'retention removed messages that were not read yet')
  return records
}
