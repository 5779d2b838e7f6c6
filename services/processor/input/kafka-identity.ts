/**
 * Asks which topic a name stands for. Topics have ids since Kafka 2.8 (KIP-516): one that was deleted and made anew has another
 * id, and its offsets begin at 0 again. https://kafka.apache.org/protocol#The_Messages_Metadata
 */
import type { Broker } from 'kafkajs'
import { ask, unsigned } from './kafka-wire.ts'
import type { Reader } from './kafka-wire.ts'

/** Metadata, in the first version that has topic ids; newer brokers still answer it. */
const api = { key: 3, version: 10, name: 'Metadata' }

/** The id of a topic, in base64; undefined when the broker does not know the topic, or has no ids. Throws kafkajs's errors. */
export async function topicId (broker: Broker, topic: string): Promise<string | undefined> {
  return ask(broker, api, encodeTopicRequest(topic), decodeTopicId)
}

/** The body, behind the empty tagged fields of the header (version 2). No topic is created, and nobody asks what is allowed to whom. */
export function encodeTopicRequest (topic: string): Buffer {
  const name = Buffer.from(topic)
  return Buffer.concat([
    Buffer.from([0, 2]), Buffer.alloc(idLength), unsigned(name.length + 1), name, Buffer.from([0]), Buffer.from([0, 0, 0, 0]),
  ])
}

/** The id of the one topic that was asked for; undefined when the broker has an error, or no id. */
export function decodeTopicId (reader: Reader): string | undefined {
  reader.tags()
  reader.skip(4)
  reader.list(() => {
    reader.skip(4)
    reader.text()
    reader.skip(4)
    reader.text()
    reader.tags()
  })
  reader.text()
  reader.skip(4)
  // One topic was asked for: what follows its id does not matter.
  if (reader.unsigned() !== 2) return undefined
  const error = reader.take(2).readInt16BE()
  reader.text()
  const id = reader.take(idLength)
  return error === 0 && id.some((byte) => byte !== 0) ? id.toString('base64url') : undefined
}

const idLength = 16
