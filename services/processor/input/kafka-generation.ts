import type { Assignment, Broker, Cluster, TopicOffsets } from 'kafkajs'
import { epochEnd } from './kafka-epoch.ts'
import { topicId } from './kafka-identity.ts'
import { formatMark, parseMark } from './kafka-range.ts'
import type { Mark } from './kafka-range.ts'
import type { Committed } from './kafka-verdict.ts'

/** A topic partition. */
export interface Partition { topic: string, partition: number }

/** `<topic>/<partition>`. */
export function keyOf ({ topic, partition }: Partition): string {
  return `${topic}/${partition}`
}

/**
 * The membership in one generation of the consumer group. Commits name the generation themselves, so the broker
 * refuses every commit of a member that has since lost its partitions (kafkajs's own commit would go out under
 * whatever generation is current when it is retried).
 */
export class Generation {
  readonly memberId: string
  readonly partitions: Partition[]
  readonly #cluster: Cluster
  readonly #group: string
  readonly #end = new AbortController()
  #coordinator: Promise<Broker> | undefined
  #generationId = -1
  #confirmed: () => void = () => {}
  /** Resolves once a heartbeat told which generation this is (commits are impossible before), or when it is over. */
  readonly confirmed = new Promise<void>((resolve) => { this.#confirmed = resolve })

  constructor (cluster: Cluster, group: string, memberId: string, assignment: Assignment) {
    this.#cluster = cluster
    this.#group = group
    this.memberId = memberId
    this.partitions = Object.entries(assignment).flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })))
  }

  /** Aborts when the next generation begins or the session ends. */
  get ended (): AbortSignal {
    return this.#end.signal
  }

  confirm (generationId: number): void {
    this.#generationId = generationId
    this.#confirmed()
  }

  end (): void {
    this.#end.abort()
    this.#confirmed()
  }

  /** Makes an offset and its mark durable. Throws kafkajs's errors, in particular when the generation is over. */
  async commit ({ topic, partition }: Partition, offset: number, mark: Mark): Promise<void> {
    const entry = { partition, offset: String(offset), metadata: formatMark(mark) }
    await this.#ask((coordinator) => coordinator.offsetCommit({
      groupId: this.#group, groupGenerationId: this.#generationId, memberId: this.memberId, topics: [{ topic, partitions: [entry] }],
    }))
  }

  /** What the group has committed for the partitions of this generation, and what their logs are. */
  async committed (): Promise<Map<string, Committed>> {
    const topics = byTopic(this.partitions)
    if (topics.length === 0) return new Map()
    const { responses } = await this.#ask((coordinator) => coordinator.offsetFetch({ groupId: this.#group, topics }))
    const [low, high] = [await this.#edges(topics, true), await this.#edges(topics, false)]
    const offsets = new Map(entries(responses))
    const found = new Map<string, Committed>()
    for (const partition of this.partitions) {
      const key = keyOf(partition)
      const answer = offsets.get(key)
      if (answer === undefined) continue
      const metadata = answer.metadata ?? ''
      const [topic, epochEnd] = [await this.topicId(partition), await this.epochEnd(partition, parseMark(metadata)?.epoch)]
      found.set(key, { offset: Number(answer.offset), metadata, low: need(low, key), high: need(high, key), topic, epochEnd })
    }
    return found
  }

  /** The first offset of a partition's log. */
  async low (partition: Partition): Promise<number> {
    return need(await this.#edges(byTopic([partition]), true), keyOf(partition))
  }

  /** The id of a partition's topic, as its leader has it; undefined when there is none. */
  async topicId (partition: Partition): Promise<string | undefined> {
    return topicId(await this.#leader(partition), partition.topic)
  }

  /** Where the log ends that the leader has of records up to an epoch; undefined when it does not say. */
  async epochEnd (partition: Partition, epoch: number | undefined): Promise<number | undefined> {
    if (epoch === undefined) return undefined
    return epochEnd(await this.#leader(partition), partition.topic, partition.partition, epoch)
  }

  async #leader ({ topic, partition }: Partition): Promise<Broker> {
    const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]))
    if (nodeId === undefined) throw new Error(`${topic}/${partition} has no leader yet`)
    return this.#cluster.findBroker({ nodeId })
  }

  async #edges (topics: TopicOffsets[], fromBeginning: boolean): Promise<Map<string, number>> {
    const found = await this.#cluster.fetchTopicsOffset(topics.map((topic) => ({ ...topic, fromBeginning })))
    return new Map(entries(found).map(([key, { offset }]) => [key, Number(offset)]))
  }

  /** The coordinator is looked up once and again after any failure: groups move between brokers. */
  async #ask<T> (request: (coordinator: Broker) => Promise<T>): Promise<T> {
    this.#end.signal.throwIfAborted()
    this.#coordinator ??= this.#cluster.findGroupCoordinator({ groupId: this.#group })
    const coordinator = this.#coordinator
    try {
      return await request(await coordinator)
    } catch (error) {
      if (this.#coordinator === coordinator) this.#coordinator = undefined
      throw error
    }
  }
}

/** The protocol sends metadata with each offset; kafkajs's types leave it out. */
type PartitionOffset = TopicOffsets['partitions'][number] & { metadata?: string | null }

function entries (topics: TopicOffsets[]): Array<[string, PartitionOffset]> {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((item): [string, PartitionOffset] => [keyOf({ topic, partition: item.partition }), item]))
}

function byTopic (partitions: Partition[]): TopicOffsets[] {
  const topics = new Map<string, TopicOffsets>()
  for (const { topic, partition } of partitions) {
    const entry = topics.get(topic) ?? { topic, partitions: [] }
    entry.partitions.push({ partition, offset: '-1' })
    topics.set(topic, entry)
  }
  return [...topics.values()]
}

function need (edges: Map<string, number>, key: string): number {
  const edge = edges.get(key)
  if (edge === undefined) throw new Error(`no offsets for ${key} yet`)
  return edge
}
