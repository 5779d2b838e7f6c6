import type { LiveCatalog } from '../catalog/live/live.ts'
import type { ProcessorConfig } from '../config.ts'
import { threadCount } from './options.ts'
import { StagePool } from './stage-pool.ts'
import type { PoolOptions } from './stage-pool.ts'

/** What the threads share with the main one. */
export interface PoolParts extends Pick<PoolOptions, 'owner' | 'sink' | 'observe' | 'failed'> {
  catalog: Pick<LiveCatalog, 'current' | 'onChange'>
  /** Key of the hashes where none is configured. */
  key: Uint8Array
}

/**
 * Starts the threads that the configuration asks for, undefined for one: then the stages run on the main thread. A catalog that is swapped
 * reaches them between two batches. Throws THREAD_ENDED when one cannot start.
 */
export async function startPool (
  { threads: configured, inputs, privacy, filter, sinks }: ProcessorConfig, { catalog, key, ...rest }: PoolParts
): Promise<StagePool | undefined> {
  const threads = threadCount(configured)
  if (threads === 1) return undefined
  const setup = { inputs: inputs.map(({ format, framing }) => ({ format, framing })), privacy, key, filter, sinks }
  const pool = await StagePool.start({ threads, setup, catalog: catalog.current().compiled, ...rest })
  const use = (): void => { pool.use(catalog.current().compiled) }
  catalog.onChange(use)
  use()
  return pool
}
