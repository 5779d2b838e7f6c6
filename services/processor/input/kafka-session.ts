import type { Batch, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs'
import { pause } from '../../runtime/shutdown.ts'
import { createMember, heartbeatInterval, isLost, isRefusal, kindOf } from './kafka-client.ts'
import type { Member } from './kafka-client.ts'
import { checkLog, passGap } from './kafka-continuity.ts'
import { lookUp, remember } from './kafka-lookup.ts'
import { cut } from './kafka-range.ts'
import type { Slice } from './kafka-range.ts'
import type { Share } from './kafka-share.ts'
import { Slot } from './kafka-slot.ts'
import type { Surroundings, Turn } from './kafka-surroundings.ts'
import { keyOf, Generation } from './kafka-generation.ts'
import type { KafkaInputOptions } from './kafka-options.ts'

/**
 * The life of one kafkajs consumer: joins the group, learns where its partitions stand, hands out their batches and
 * keeps the membership alive while the pipeline works. Ends with the first failure that kafkajs does not mend.
 */
export class Session {
  readonly #options: KafkaInputOptions
  readonly #around: Surroundings
  readonly #member: Member
  readonly #over = new AbortController()
  #generation: Generation | undefined
  /** The partitions of the generation; undefined until it is known where they stand. */
  #shares: Map<string, Share> | undefined
  #wasMember = false
  #failure: unknown
  /** Since when no broker answers; undefined while one does. */
  #silentSince: number | undefined

  constructor (options: KafkaInputOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
    this.#member = createMember(options, around.log, () => this.#endTenure())
  }

  /** True once the group was joined and it was known where its partitions stand. */
  get wasMember (): boolean {
    return this.#wasMember
  }

  /** Resolves with the failure that ended the session, or with undefined when the input was closed. */
  async run (): Promise<unknown> {
    const closed = (): void => this.#over.abort()
    this.#around.closed.addEventListener('abort', closed, { once: true })
    const begun = this.#begin().catch((error: unknown) => this.#fail(error))
    await aborted(this.#over.signal)
    this.#around.closed.removeEventListener('abort', closed)
    this.#endTenure()
    // Joining cannot be called off, and a member that has not joined cannot leave: what takes too long ends by itself.
    const left = new AbortController()
    begun.then(() => this.#member.consumer.disconnect()).catch(() => {}).finally(() => left.abort())
    await pause(leaveMs, left.signal)
    return this.#failure
  }

  /**
   * Commits a batch if it is still this member's to commit. True: done with, one way or the other; false: ask again,
   * it could not be done or is not known at the moment.
   */
  async commit (slot: Slot): Promise<boolean> {
    const generation = this.#generation
    if (generation === undefined || this.#shares === undefined) return false
    const share = this.#shares.get(slot.key)
    if (share === undefined || !share.holds(slot)) return true
    try {
      await this.#move(generation, share, slot.following)
      return slot.settled
    } catch (error) {
      this.#trouble(generation, error)
      return false
    }
  }

  async #begin (): Promise<void> {
    const { consumer } = this.#member
    await consumer.connect()
    await consumer.subscribe({ topics: this.#options.topics, fromBeginning: true })
    consumer.on(consumer.events.GROUP_JOIN, (event) => this.#joined(event))
    consumer.on(consumer.events.HEARTBEAT, ({ payload }) => this.#confirm(payload.memberId, payload.groupGenerationId))
    consumer.on(consumer.events.CRASH, ({ payload }) => this.#fail(payload.error))
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => this.#eachBatch(payload),
    })
  }

  #fail (error: unknown): void {
    this.#failure ??= error
    this.#over.abort()
  }

  /**
   * Reports what keeps a request from being done; that the group goes on without this member is nothing to report. A
   * client that no broker answers for a while is replaced by a new one, which begins with the configured brokers.
   */
  #trouble (generation: Generation, error: unknown): void {
    if (generation.ended.aborted || isRefusal(error)) return
    this.#around.down(error)
    this.#silentSince = kindOf(error) === 'connection' ? this.#silentSince ?? Date.now() : undefined
    if (this.#silentSince !== undefined && Date.now() - this.#silentSince > silenceMs) this.#fail(error)
  }

  #answered (): void {
    this.#silentSince = undefined
    this.#around.answered()
  }

  #endTenure (): void {
    this.#generation?.end()
    this.#generation = undefined
    this.#shares = undefined
    this.#around.handoff.withdrawAll()
  }

  /** Nothing is fetched in a new generation before it is known where its partitions stand. */
  #joined ({ payload }: ConsumerGroupJoinEvent): void {
    this.#endTenure()
    const { consumer, cluster } = this.#member
    if (this.#over.signal.aborted) return
    const generation = new Generation(cluster, this.#options.group, payload.memberId, payload.memberAssignment)
    this.#generation = generation
    consumer.pause(generation.partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] })))
    this.#open(generation).catch((error: unknown) => this.#fail(error))
  }

  #confirm (memberId: string, generationId: number): void {
    if (this.#generation?.memberId === memberId) this.#generation.confirm(generationId)
  }

  async #open (generation: Generation): Promise<void> {
    const since = Date.now()
    await generation.confirmed
    while (!generation.ended.aborted) {
      try {
        const shares = await lookUp(generation, { ...this.#around, from: this.#options.from, patient: Date.now() - since < 10_000 })
        if (generation.ended.aborted) return
        this.#shares = shares
        this.#wasMember = true
        for (const share of shares.values()) this.#start(share)
        this.#measure()
        return this.#around.up({ group: this.#options.group, partitions: [...shares.keys()] })
      } catch (error) {
        this.#trouble(generation, error)
        await pause(500, generation.ended)
      }
    }
  }

  /** Lets a partition flow; what of its pending ranges is still in the pipeline or in the spool from before is not read again. */
  #start (share: Share): void {
    share.adopt(this.#around.handoff.taken(share.key))
    const { topic, partition } = share.partition
    try {
      this.#member.consumer.seek({ topic, partition, offset: String(share.place.next) })
      this.#member.consumer.resume([{ topic, partitions: [partition] }])
    } catch (error) {
      this.#fail(error)
    }
  }

  async #eachBatch ({ batch, heartbeat, resolveOffset }: EachBatchPayload): Promise<void> {
    const generation = this.#generation
    const share = this.#shares?.get(keyOf(batch))
    if (generation === undefined || share === undefined) return
    if (!await this.#isSameLog(generation, share, batch)) return
    share.high = Number(batch.highWatermark)
    const turn = { generation, share, heartbeat }
    const { slices, rest } = cut(share.place, batch.messages, this.#options.batch)
    for (const [index, slice] of slices.entries()) {
      if (!await this.#deliver(turn, slice, slices[index + 1]?.to)) return
      resolveOffset(String(slice.to - 1))
    }
    share.place = rest
    share.fetched = Number(batch.lastOffset()) + 1
    resolveOffset(batch.lastOffset())
    this.#measure()
  }

  /** Looks whether what was fetched is what comes next; false, and the end of the session, when the log is not what it was. */
  async #isSameLog (generation: Generation, share: Share, batch: Batch): Promise<boolean> {
    try {
      await checkLog(generation, share, batch)
      this.#around.lose(await passGap(generation, share, batch, this.#around.log))
    } catch (error) {
      if (!generation.ended.aborted) this.#fail(error)
    }
    return !generation.ended.aborted && !this.#over.signal.aborted
  }

  /**
   * Takes one range through the pipeline, as far as the store or the spool; false when the partition is no longer ours or
   * the input closes. What waits in the spool is not committed: another member may have to go on without that disk.
   */
  async #deliver (turn: Turn, slice: Slice, following: number | undefined): Promise<boolean> {
    const { share } = turn
    await turn.heartbeat()
    const origin = { input: this.#around.input, key: share.key, era: share.place.era, following }
    const slot = new Slot(origin, slice, (self) => this.#around.commit(self))
    if (slice.records.length === 0) {
      slot.delivered = true
      share.handOut(slot)
      return await this.#moveNow(turn, following)
    }
    while (!share.hasRoom(slot.to) && share.oldest !== undefined && this.#isOurs(turn)) await this.#hold(turn, share.oldest, 'settled')
    if (!share.isMarked(slot.to) && !await this.#moveNow(turn, slot.to)) return false
    share.handOut(slot)
    this.#around.handoff.offer(slot)
    await this.#hold(turn, slot, 'released')
    return this.#isOurs(turn)
  }

  /**
   * Keeps the membership alive until the batch is settled or released. When the group wants to rebalance, a batch that
   * nobody has seen is taken back and one in the pipeline gets some time; the error then makes kafkajs join again.
   */
  async #hold ({ generation, heartbeat }: Turn, slot: Slot, until: 'settled' | 'released'): Promise<void> {
    const { handoff, closed } = this.#around
    let deadline = Infinity
    let refusal: unknown
    while (!slot[until]) {
      await (until === 'settled' ? slot.end(heartbeatInterval(this.#options)) : slot.wait(heartbeatInterval(this.#options)))
      const ended = generation.ended.aborted || this.#over.signal.aborted || closed.aborted
      const failure = ended || slot[until] ? undefined : await heartbeat().then(() => undefined, (error: unknown) => error)
      if (failure !== undefined && isRefusal(failure)) {
        refusal = failure
        deadline = Math.min(deadline, Date.now() + (isLost(failure) || slot.released ? 0 : this.#options.session_timeout / 3))
      }
      if (ended || refusal !== undefined) handoff.withdraw(slot)
      if (ended || Date.now() >= deadline) break
    }
    if (refusal !== undefined) throw refusal
  }

  /** Commits from within a fetch, until it is done or the member has to join again. False when it is not ours any more. */
  async #moveNow (turn: Turn, following: number | undefined): Promise<boolean> {
    while (this.#isOurs(turn)) {
      try {
        await this.#move(turn.generation, turn.share, following)
        return this.#isOurs(turn)
      } catch (error) {
        if (!this.#isOurs(turn)) return false
        if (isRefusal(error)) throw error
        this.#trouble(turn.generation, error)
      }
      await pause(500, turn.generation.ended)
      await turn.heartbeat()
    }
    return false
  }

  async #move (generation: Generation, share: Share, following: number | undefined): Promise<void> {
    await share.move(generation, following)
    remember(this.#around.memory, share)
    this.#measure()
    this.#answered()
  }

  #isOurs ({ generation }: Turn): boolean {
    return !generation.ended.aborted && !this.#over.signal.aborted
  }

  #measure (): void {
    const { input, readiness, lag } = this.#around
    const shares = [...this.#shares?.values() ?? []]
    readiness.input(input, { lag_records: shares.reduce((sum, share) => sum + share.lag, 0) })
    lag.waits(input, shares.some(({ high, place }) => high > place.next))
  }
}

/** How long leaving the group may take. */
const leaveMs = 5000

/** How long brokers may be silent before the session ends. */
const silenceMs = 5000

async function aborted (signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
