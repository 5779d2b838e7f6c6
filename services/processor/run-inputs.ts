/** Runs the inputs of a processor side by side: one pipeline each, with a decoder of its own, into the same stages, series and sink. */
import type { Observer, Sink, Telemetry, LagWatch } from './contract.ts'
import type { PrivacyOptions } from './enrich/privacy.ts'
import { createInput } from './inputs.ts'
import type { InputConfig } from './inputs.ts'
import type { InputContext } from './input/definition.ts'
import { runPipeline } from './pipeline.ts'
import { createInputDecoder } from './stages.ts'
import type { Stages } from './stages.ts'
import type { StagePool } from './threads/stage-pool.ts'

/** What all inputs of a processor share. */
export interface SharedParts {
  /** Takes batches through the stages, in the formats of the inputs in their order; without it the stages here do. */
  pool: Pick<StagePool, 'ahead' | 'forInput'> | undefined
  stages: Pick<Stages, 'normalize' | 'filter' | 'enrich'>
  privacy: PrivacyOptions
  observe: Observer
  sink: Sink
  /** Makes durable what the stages keep; done before anything of a batch is published. */
  save: () => Promise<void>
  telemetry: Pick<Telemetry, 'add' | 'set'>
  lag: LagWatch
  /** Ends all inputs when one fails. */
  stopping: AbortController
}

/**
 * Runs every input until all have ended; then everything of them is committed. The first failure of one ends the others at
 * their next batch. Resolves or rejects once none runs any more; `failed` is told of the first failure at once.
 */
export async function runInputs (
  configs: readonly InputConfig[], context: Omit<InputContext, 'signal'>, shared: SharedParts, failed: (error: unknown) => void
): Promise<void> {
  const { pool, stages: { normalize, filter, enrich }, privacy, observe, save, sink, telemetry, lag, stopping } = shared
  const run = async (config: InputConfig, index: number): Promise<void> => {
    const input = await createInput(config, { ...context, signal: stopping.signal, ahead: pool?.ahead ?? 0 })
    const decoder = createInputDecoder(config.format, privacy, config.framing)
    const threads = pool?.forInput(index, input.positions)
    await runPipeline({ input, threads, decoder, normalize, filter, enrich, observe, save, sink, telemetry, lag })
  }
  let first: { error: unknown } | undefined
  await Promise.all(configs.map(async (config, index) => run(config, index).catch((error: unknown) => {
    if (first === undefined) failed(error)
    first ??= { error }
    stopping.abort()
  })))
  if (first !== undefined) throw first.error
}
