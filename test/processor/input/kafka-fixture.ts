import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { createKafkaInput, kafkaInputSchema } from '../../../services/processor/input/kafka.ts'
import type { RecordBatch } from '../../../services/processor/contract.ts'
import type { KafkaServer } from '../../integration/kafka.ts'

/** Makes a topic and returns its name; every test has its own. */
export async function makeTopic (kafka: KafkaServer, topic: string, partitions: number): Promise<string> {
  const admin = kafka.client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true })
  await admin.disconnect()
  return topic
}

/** Writes messages, each once; `partitions` are filled in turn. */
export async function produce (
  kafka: KafkaServer, topic: string, values: Array<string | null>, partitions = 1, compression = 0
): Promise<void> {
  const producer = kafka.client.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = values.map((value, index) => ({ key: 'key', value, partition: index % partitions }))
  for (let start = 0; start < messages.length; start += 500) {
    await producer.send({ topic, messages: messages.slice(start, start + 500), acks: -1, compression })
  }
  await producer.disconnect()
}

/** The committed offset and metadata of the first partition of a topic. */
export async function committed (kafka: KafkaServer, group: string, topic: string): Promise<{ offset: number, metadata: string }> {
  const admin = kafka.client.admin()
  await admin.connect()
  const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
  await admin.disconnect()
  const entry = found?.partitions.find(({ partition }) => partition === 0)
  return { offset: Number(entry?.offset), metadata: entry?.metadata ?? '' }
}

export interface Reader {
  /** The next batch; undefined at the end. */
  next (): Promise<RecordBatch | undefined>
  /** Ends as an operator's stop does: what was taken may still be committed. */
  stop (): Promise<void>
  /** Ends without another commit, as far as the group can see. */
  drop (): Promise<void>
  /** Own log lines, as message texts. */
  lines: string[]
  lag: number
}

/** A member of the group in this process; it is closed with the test. */
export function openReader (t: TestContext, kafka: KafkaServer, topic: string, settings: Record<string, unknown> = {}): Reader {
  const options = kafkaInputSchema.parse({
    type: 'kafka',
    brokers: [kafka.broker],
    topics: [topic],
    group: topic,
    session_timeout: '3s',
    ...settings,
    batch: { linger: '50ms', ...settings.batch as object | undefined },
  })
  const stopper = new AbortController()
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => { lines.push((JSON.parse(line) as { msg: string }).msg) } })
  const telemetry = { set: (_metric: string, _labels: Record<string, string>, value: number) => { reader.lag = value } }
  const iterator = createKafkaInput(options, { signal: stopper.signal, log, telemetry })[Symbol.asyncIterator]()
  const drop = async (): Promise<void> => { await iterator.return?.() }
  const reader: Reader = {
    next: async () => (await iterator.next()).value as RecordBatch | undefined,
    stop: async () => {
      stopper.abort()
      await iterator.next()
    },
    drop,
    lines,
    lag: -1,
  }
  t.after(async () => {
    stopper.abort()
    await drop()
  })
  return reader
}

/** `<topic>/<partition> [from,to)` without the era, to compare. */
export function placeOf ({ range }: RecordBatch): string {
  return `${range.partition.replace(/@.*/, '')} [${range.from},${range.to})`
}

export function textsOf (batch: RecordBatch | undefined): string[] {
  return batch?.records.map(({ bytes }) => bytes.toString()) ?? []
}

/** Takes and commits batches until `count` records have come; gives them in their order. */
export async function take (reader: Reader, count: number): Promise<string[]> {
  const texts: string[] = []
  while (texts.length < count) {
    const batch = await reader.next()
    if (batch === undefined) break
    texts.push(...textsOf(batch))
    await batch.commit()
  }
  return texts
}

export interface Process { end (signal: NodeJS.Signals): Promise<void> }

/** Starts a member as a process of its own; it is killed with the test at the latest. */
export function startMember (t: TestContext, assignment: { url: string, table: string, options: object }): Process {
  const script = new URL('./kafka-member.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(assignment)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  t.after(() => end('SIGKILL'))
  return { end }
}
