/** An http input in this process, and what is handed out of it. */
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { RecordBatch } from '../../../services/processor/contract.ts'
import type { Recall } from '../../../services/processor/input/definition.ts'
import { createHttpInput } from '../../../services/processor/input/http.ts'
import { httpInputSchema } from '../../../services/processor/input/http-options.ts'
import { reservePort } from '../../port.ts'

export interface RunningInput {
  url: string
  port: number
  /** Texts of the records so far, and the batches that are not committed. */
  texts: string[]
  held: RecordBatch[]
  /** Newest value of each gauge, and sum of each counter, by metric and labels. */
  metrics: Map<string, number>
  /** Says whether batches are committed at once; those that are held are committed when it is turned on. */
  commit (atOnce: boolean): Promise<void>
}

/** Starts an input with these settings; it ends with the test. */
export async function startInput (
  t: TestContext, settings: Record<string, unknown> = {}, recall: Recall = async () => {}
): Promise<RunningInput> {
  const port = await reservePort()
  const stopper = new AbortController()
  const metrics = new Map<string, number>()
  const keyOf = (metric: string, labels: Record<string, string>): string => [metric, ...Object.values(labels)].join(' ')
  const options = httpInputSchema.parse({ type: 'http', listen: `127.0.0.1:${port}`, batch: { linger: '1ms' }, ...settings })
  const input = await createHttpInput(options, {
    signal: stopper.signal,
    telemetry: {
      add: (metric, labels, value) => { metrics.set(keyOf(metric, labels), (metrics.get(keyOf(metric, labels)) ?? 0) + value) },
    },
    readiness: { input: (id, { lag_bytes: bytes }) => { metrics.set(keyOf('gatelens_input_lag_bytes', { id }), bytes ?? 0) }, state: () => {} },
    lag: { waits: () => {} },
    log: pino({ level: 'silent' }),
    recall,
  })
  let isFree = true
  const running: RunningInput = {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/logs`,
    port,
    texts: [],
    held: [],
    metrics,
    commit: async (atOnce) => {
      isFree = atOnce
      if (atOnce) for (const batch of running.held.splice(0)) await batch.commit()
    },
  }
  const run = async (): Promise<void> => {
    for await (const batch of input) {
      running.texts.push(...batch.records.map(({ bytes }) => bytes.toString()))
      if (isFree) await batch.commit()
      else running.held.push(batch)
    }
  }
  const done = run()
  t.after(async () => {
    await running.commit(true)
    stopper.abort()
    await done
  })
  return running
}
