/**
 * The Kafka input: a member of a consumer group; one partition is the unit of parallelism. A batch is a range of
 * offsets of one partition. Its intent, the end of the range, is committed beside the offset of its start before the
 * batch is handed out, so that after a crash or a rebalance exactly this range comes again, first, from whoever owns
 * the partition by then. Nothing is committed automatically. One message is one record; tombstones are skipped.
 * Uncompressed and gzip'd messages are read. https://kafka.apache.org/documentation/#consumerconfigs
 */
import { GatelensError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { pause } from '../../runtime/shutdown.ts'
import type { Input, LagWatch, Readiness, RecordBatch, Telemetry } from '../contract.ts'
import { isCodecMissing, kindOf, reasonOf } from './kafka-client.ts'
import { Handoff } from './kafka-handoff.ts'
import { kafkaIdOf } from './kafka-options.ts'
import type { KafkaInputOptions } from './kafka-options.ts'
import { Session } from './kafka-session.ts'
import type { Slot } from './kafka-slot.ts'
import type { Surroundings } from './kafka-surroundings.ts'

export interface KafkaInputContext {
  signal: AbortSignal
  telemetry: Pick<Telemetry, 'add'>
  readiness: Pick<Readiness, 'input'>
  lag: Pick<LagWatch, 'waits'>
  log: Logger
}

/** How long, after the end, batches that the pipeline still has may take to be committed; the rest comes again. */
const drainMs = 4000

/**
 * Consumes as its options say. Partitions are independent: one batch of each may be with the consumer of
 * the iteration, and more once those before wait in a spool. Commits may come in any order; an offset moves over what is
 * committed without a gap. A commit resolves when the offset is durable, or when the
 * partition has gone to another member, which then delivers the same range again. Brokers that do not answer are tried
 * again for ever. Iteration throws INPUT_UNREADABLE for messages in a compression that is not built in.
 */
export function createKafkaInput (options: KafkaInputOptions, context: KafkaInputContext): Input {
  return { durable: 'store', positions: 'messages', [Symbol.asyncIterator]: () => readKafka(options, context) }
}

async function * readKafka (options: KafkaInputOptions, context: KafkaInputContext): AsyncGenerator<RecordBatch, void> {
  const handoff = new Handoff()
  const closed = new AbortController()
  let drained = Promise.resolve()
  const end = (): void => {
    handoff.end()
    // Not only once more is asked for: the consumer may be waiting for a commit that nobody answers.
    drained = handoff.drain(drainMs).then(() => {
      closed.abort()
      handoff.abandon()
    })
  }
  context.signal.addEventListener('abort', end, { once: true })
  if (context.signal.aborted) end()
  const running = supervise(options, handoff, closed.signal, context).catch((error: unknown) => handoff.end(error))
  try {
    for (let slot = await handoff.take(); slot !== undefined; slot = await handoff.take()) yield slot.take()
    await drained
  } finally {
    context.signal.removeEventListener('abort', end)
    closed.abort()
    await running
  }
}

/** Runs one session after the other until the input is closed. */
async function supervise (options: KafkaInputOptions, handoff: Handoff, closed: AbortSignal, context: KafkaInputContext): Promise<void> {
  let session: Session | undefined
  const input = kafkaIdOf(options)
  const report = createReport(context.log, (unreadable) => context.readiness.input(input, { unreadable }))
  const around: Surroundings = {
    ...context,
    ...report,
    input,
    handoff,
    closed,
    memory: new Map(),
    lose: (records) => { if (records > 0) context.telemetry.add('gatelens_input_lost_records_total', { input }, records) },
    commit: (slot) => settle(slot, () => session, around),
  }
  for (let wait = 1000; !closed.aborted; wait = Math.min(2 * wait, 10_000)) {
    session = new Session(options, around)
    const failure = await session.run()
    if (closed.aborted) return
    if (isCodecMissing(failure)) return handoff.end(unreadable(options, failure))
    if (session.wasMember) wait = 500
    report.down(failure)
    await pause(wait, closed)
  }
}

/** Brings a batch to its end through whatever session lives; what is left when the input closes is redone later. */
async function settle (slot: Slot, session: () => Session | undefined, around: Surroundings): Promise<void> {
  const settled = new Promise<true>((resolve) => { slot.onSettled(() => resolve(true)) })
  for (let wait = 50; !slot.settled && !around.closed.aborted; wait = Math.min(2 * wait, 1000)) {
    // A broker may keep a request for as long as half a minute.
    if (await Promise.race([session()?.commit(slot), settled]) === true) break
    await pause(wait, around.closed)
  }
  slot.settle()
}

/** One line per change of state: kafkajs tries again by itself, and would say so each time. */
function createReport (log: Logger, tell: (unreadable: number) => void): Pick<Surroundings, 'up' | 'down' | 'answered'> {
  let trouble = ''
  tell(0)
  return {
    up (fields) {
      trouble = ''
      tell(0)
      log.info(fields, 'kafka: member of the group')
    },
    answered () {
      if (trouble !== '') log.info('kafka: answers again')
      trouble = ''
      tell(0)
    },
    down (error) {
      const kind = kindOf(error)
      if (kind !== trouble) log.warn({ kind, reason: reasonOf(error) }, 'kafka: does not answer as it should; trying again')
      trouble = kind
      tell(1)
    },
  }
}

function unreadable (options: KafkaInputOptions, failure: unknown): GatelensError {
  return new GatelensError('INPUT_UNREADABLE', `messages are compressed in a way that is not built in: ${reasonOf(failure)}`, {
    where: `${options.brokers.join(',')} ${options.topics.join(',')}`,
    hint: 'Let the producers use gzip or no compression.',
    cause: failure,
  })
}
