import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Admin } from 'kafkajs'
import { pino } from 'pino'
import { createKafkaInput } from '../../../services/processor/input/kafka.ts'
import { kafkaInputSchema } from '../../../services/processor/input/kafka-options.ts'
import type { InputState, RecordBatch } from '../../../services/processor/contract.ts'
import { packageRoot } from '../../../services/runtime/package.ts'
import { pause } from '../../../services/runtime/shutdown.ts'
import { moduleArguments } from '../../built.ts'
import type { KafkaServer } from '../../integration/kafka.ts'
import { launch, witness } from '../../integration/launch.ts'
import type { Launched } from '../../integration/launch.ts'

/** Makes a topic and returns its name once the broker leads its partitions; every test has its own. */
export async function makeTopic (kafka: KafkaServer, topic: string, partitions: number): Promise<string> {
  await administer(kafka, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false })
    // The controller has answered; the broker may not know of the topic yet, which kafkajs's own wait takes for a failure.
    await untilBrokerSays(async () => (await leaders(admin, topic)).length === partitions)
  })
  return topic
}

/** Deletes a topic and waits until the broker has forgotten it, so that nothing is written to it any more. */
export async function deleteTopic (kafka: KafkaServer, topic: string): Promise<void> {
  await administer(kafka, async (admin) => {
    await admin.deleteTopics({ topics: [topic] })
    await untilBrokerSays(async () => !(await admin.listTopics()).includes(topic))
  })
}

/** Gives an action a connected administrator. */
export async function administer<T> (kafka: KafkaServer, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.client.admin()
  await admin.connect()
  try {
    return await action(admin)
  } finally {
    await admin.disconnect()
  }
}

async function leaders (admin: Admin, topic: string): Promise<number[]> {
  const { topics: [found] } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }))
  return found?.partitions.map(({ leader }) => leader).filter((leader) => leader >= 0) ?? []
}

async function untilBrokerSays (condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !await condition(); tries++) {
    if (tries === 1000) throw new Error('the broker does not follow its controller')
    await pause(100)
  }
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
  const [found] = await administer(kafka, (admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }))
  const entry = found?.partitions.find(({ partition }) => partition === 0)
  return { offset: Number(entry?.offset), metadata: entry?.metadata ?? '' }
}

export interface Reader {
  /** The next batch; undefined at the end. */
  next (): Promise<RecordBatch | undefined>
  /** Asks it to end, as an operator does: what was taken may still be committed. */
  abort (): void
  /** Asks it to end, and waits until it has. */
  stop (): Promise<void>
  /** Ends without another commit, as far as the group can see. */
  drop (): Promise<void>
  /** Own log lines, as message texts. */
  lines: string[]
  /** The same, whole. */
  told: string[]
  lag: number
  /** Records that were counted as lost. */
  lost: number
}

/** A member of the group in this process; it is closed with the test. */
export function openReader (t: TestContext, kafka: KafkaServer, topic: string, settings: Record<string, unknown> = {}): Reader {
  const options = kafkaInputSchema.parse({
    type: 'kafka',
    brokers: [kafka.broker],
    topics: [topic],
    group: topic,
    session_timeout: '10s',
    ...settings,
    batch: { linger: '50ms', ...settings.batch as object | undefined },
  })
  const stopper = new AbortController()
  const lines: string[] = []
  const told: string[] = []
  witness(`reader of ${topic}`, told)
  const log = pino({ level: 'info' }, { write: (line: string) => { told.push(line.trim()); lines.push((JSON.parse(line) as { msg: string }).msg) } })
  const telemetry = {
    add: (metric: string, _labels: Record<string, string>, value: number) => {
      if (metric === 'gatelens_input_lost_records_total') reader.lost += value
    },
  }
  const readiness = { input: (_id: string, told: Partial<InputState>) => { reader.lag = told.lag_records ?? reader.lag } }
  const surroundings = { signal: stopper.signal, log, telemetry, readiness, lag: { waits: () => {} } }
  const iterator = createKafkaInput(options, surroundings)[Symbol.asyncIterator]()
  const drop = async (): Promise<void> => { await iterator.return?.() }
  const reader: Reader = {
    next: async () => (await iterator.next()).value as RecordBatch | undefined,
    abort: () => stopper.abort(),
    stop: async () => {
      stopper.abort()
      await iterator.next()
    },
    drop,
    lines,
    told,
    lag: -1,
    lost: 0,
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

/** The records of a batch as texts; none of no batch. */
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

/** Starts a member as a process of its own; it is killed with the test at the latest. */
export function startMember (t: TestContext, name: string, assignment: { url: string, table: string, options: object }): Launched {
  return startScript(t, name, 'test/processor/input/kafka-member.ts', [JSON.stringify(assignment)])
}

/** Where a processor of a test works, what it reads, and the store that it writes to. */
export interface ProcessorSettings { folder: string, kafka: KafkaServer, topic: string, url: string }

/** Starts a processor as a process of its own, with a state that bears its name; it is killed with the test at the latest. */
export function startProcessor (t: TestContext, name: string, { folder, kafka, topic, url }: ProcessorSettings): Launched {
  const config = join(folder, `${topic}-${name}.yaml`)
  writeFileSync(config, `
input: { type: kafka, brokers: ['${kafka.broker}'], topics: [${topic}], group: ${topic}, session_timeout: 2s, batch: { records: 100, linger: 50ms } }
store: { url: '${url}' }
metrics: { listen: '127.0.0.1:0' }
state: ./state-${topic}-${name}
`)
  return startScript(t, name, 'services/cli/main.ts', ['processor', '--config', config])
}

function startScript (t: TestContext, name: string, script: string, args: string[]): Launched {
  const member = launch(name, process.execPath, [...moduleArguments(script), ...args], packageRoot)
  t.after(() => member.end('SIGKILL'))
  return member
}
