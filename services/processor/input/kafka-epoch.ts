/**
 * Asks where a leader's log ends that was written under a certain epoch. A log that was cut (an unclean election, a broker whose
 * disk lost its end) goes on under another epoch, so that offsets that are used for the second time can be told from the first (KIP-320).
 * https://kafka.apache.org/protocol#The_Messages_OffsetForLeaderEpoch
 */
import type { Broker } from 'kafkajs'
import { ask } from './kafka-wire.ts'
import type { Reader } from './kafka-wire.ts'

/** OffsetForLeaderEpoch, in the newest version without compact types. */
const api = { key: 23, version: 3, name: 'OffsetForLeaderEpoch' }

/**
 * The end of what the leader has of records up to an epoch; undefined when it does not know, or cannot be asked. Throws
 * kafkajs's errors.
 */
export async function epochEnd (broker: Broker, topic: string, partition: number, epoch: number): Promise<number | undefined> {
  const end = await ask(broker, api, encodeEpochRequest(topic, partition, epoch), decodeEpochEnd)
  return end === undefined || end < 0 ? undefined : end
}

/** The body of the request for one partition; the leader's own epoch is not checked, and nobody is a replica. */
export function encodeEpochRequest (topic: string, partition: number, epoch: number): Buffer {
  const name = Buffer.from(topic)
  const head = Buffer.alloc(10)
  head.writeInt32BE(-1)
  head.writeInt32BE(1, 4)
  head.writeInt16BE(name.length, 8)
  const rest = Buffer.alloc(16)
  for (const [index, value] of [1, partition, -1, epoch].entries()) rest.writeInt32BE(value, 4 * index)
  return Buffer.concat([head, name, rest])
}

/** The end offset of the one partition that was asked for; -1 when the leader has an error or does not know. */
export function decodeEpochEnd (reader: Reader): number {
  reader.skip(4 + 4)
  reader.skip(reader.take(2).readInt16BE() + 4)
  const error = reader.take(2).readInt16BE()
  reader.skip(4 + 4)
  const end = Number(reader.take(8).readBigInt64BE())
  return error === 0 ? end : -1
}
