/**
 * A process that the Kafka tests start, kill and stop: one member of a consumer group that writes what it reads to a
 * table, under the token of the range, with several batches under way at a time.
 */
import { createClient } from '@clickhouse/client'
import type { RecordBatch } from '../../../services/processor/contract.ts'
import { createKafkaInput } from '../../../services/processor/input/kafka.ts'
import { kafkaInputSchema } from '../../../services/processor/input/kafka-options.ts'
import { tokenOf } from '../../../services/processor/publish/token.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { onShutdown, pause } from '../../../services/runtime/shutdown.ts'

const { url, table, options } = JSON.parse(process.argv[2] ?? '') as { url: string, table: string, options: object }
const client = createClient({ url, request_timeout: 600_000 })
const stopping = new AbortController()
const input = createKafkaInput(kafkaInputSchema.parse({ type: 'kafka', ...options }), {
  signal: stopping.signal, log: createLog('member'), telemetry: { add: () => {} }, readiness: { input: () => {} }, lag: { waits: () => {} },
})

async function consume (): Promise<void> {
  const busy = new Set<Promise<void>>()
  for await (const batch of input) {
    const task = write(batch).finally(() => busy.delete(task))
    busy.add(task)
    if (busy.size >= 3) await Promise.race(busy)
  }
  await Promise.all(busy)
}

async function write (batch: RecordBatch): Promise<void> {
  const { range } = batch
  const rows = batch.records.map(({ bytes, offset }) => ({ event_id: bytes.toString(), place: range.partition, position: offset }))
  for (;;) {
    const done = await client.insert({
      table, values: rows, format: 'JSONEachRow', clickhouse_settings: { insert_deduplication_token: tokenOf(range) },
    }).then(() => true, () => false)
    if (done) break
    await pause(100)
  }
  // A slow store: most kills hit between the insert and the commit.
  await pause(Math.random() * 200)
  await batch.commit()
}

const consuming = consume()
onShutdown(async () => {
  stopping.abort()
  await consuming
})
consuming.catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
