/** The contract of inputs over topics of a real broker. */
import { join } from 'node:path'
import { after, before } from 'node:test'
import { pino } from 'pino'
import { createKafkaInput } from '../../../services/processor/input/kafka.ts'
import { kafkaInput, kafkaInputSchema } from '../../../services/processor/input/kafka-options.ts'
import { batchRecords, testInput } from '../../contract/input.ts'
import { temporaryFolder } from '../../folder.ts'
import { startKafka } from '../../integration/kafka.ts'
import type { KafkaServer } from '../../integration/kafka.ts'
import { scenario } from '../../integration/scenario.ts'
import { makeTopic, produce } from './kafka-fixture.ts'

const folder = temporaryFolder()
let kafka: KafkaServer
let topics = 0

before(async () => {
  kafka = await startKafka(join(folder, 'kafka'))
})

after(async () => {
  await kafka?.kill()
})

testInput({
  kind: kafkaInput,
  run: scenario,
  setUp: async () => {
    const topic = await makeTopic(kafka, `contract-${topics++}`, 1)
    return {
      write: async (texts) => { await produce(kafka, topic, [...texts]) },
      open: (surroundings) => createKafkaInput(kafkaInputSchema.parse({
        type: 'kafka', brokers: [kafka.broker], topics: [topic], group: topic, session_timeout: '10s', batch: { records: batchRecords, linger: '50ms' },
      }), { ...surroundings, log: pino({ level: 'silent' }) }),
    }
  },
})
