/** The processor: puts the configured parts together, serves their metrics and state, and ends them in order. */
import { resolve } from 'node:path'
import { messageOf } from '../runtime/errors.ts'
import { ensureFolderSync } from '../runtime/files.ts'
import { lockFolder } from '../runtime/lock.ts'
import { createLog } from '../runtime/log.ts'
import type { Logger } from '../runtime/log.ts'
import { settleWithin } from '../runtime/shutdown.ts'
import { tellCaches } from './caches.ts'
import type { Cache } from './caches.ts'
import { startLiveCatalog } from './catalog/live/live.ts'
import type { LiveCatalog } from './catalog/live/live.ts'
import type { ProcessorConfig } from './config.ts'
import type { LagWatch } from './contract.ts'
import type { Rule } from './detect/rule.ts'
import { Detection } from './detection.ts'
import { createBounds, createBudgets } from './enrich/bounds.ts'
import { randomKey } from './enrich/privacy.ts'
import { openFront } from './front.ts'
import type { Front } from './front.ts'
import { keepRoutes } from './inference.ts'
import { inputIdOf } from './inputs.ts'
import { inferWith } from './normalize/normalize.ts'
import { createLagWatch } from './observe/lag.ts'
import { createSeries } from './observe/series.ts'
import type { Series } from './observe/series.ts'
import { openOutputs } from './outputs.ts'
import type { Outputs } from './outputs.ts'
import { connectClickhouse } from './publish/clickhouse.ts'
import type { Declared } from './publish/declared.ts'
import { DeclaredWriter } from './publish/declared-writer.ts'
import type { SinkContext } from './publish/definition.ts'
import { ToldReadiness } from './readiness.ts'
import { createRecall } from './recall.ts'
import { restoreQuotas } from './restore-quotas.ts'
import { readRules, RulesWatch } from './rules.ts'
import { runInputs } from './run-inputs.ts'
import { storeName } from './sinks.ts'
import { createStages } from './stages.ts'
import { createStateWriter } from './state-writes.ts'
import { startPool } from './threads/start-pool.ts'

export interface ProcessorContext {
  /** Makes the tables and checks their version, as the store's `migrate` does. Throws SCHEMA_NEWER and SCHEMA_DIFFERENT for good. */
  prepareStore: SinkContext['prepareStore']
  /** Folder that the relative paths of the configuration start from: the configuration file's own. */
  base: string
  /** Default: a log of the configured level on standard error. */
  log?: Logger
  /** Reads the configuration once more, for tokens that were renewed in their files. Throws while it cannot be read. */
  reread?: () => ProcessorConfig
}

export interface Processor {
  /** Where /metrics, /livez and /readyz are. */
  url: string
  /** Resolves when all inputs have ended and all of them is in the store and the sinks, or after `close`; rejects when it cannot go on. */
  done: Promise<void>
  /** Looks at the rules and at all sources of the catalog now. Never rejects. */
  refresh (): Promise<void>
  /** Ends the batches that are under way, commits them, and closes everything. What could not land comes again at the next start. */
  close (): Promise<void>
}

/** What the parts share. */
interface Assembly {
  config: ProcessorConfig
  base: string
  state: string
  catalog: LiveCatalog
  rules: Rule[]
  series: Series
  readiness: ToldReadiness
  lag: LagWatch
  /** Those of the stages on each thread, once there are any. */
  caches: Array<() => readonly Cache[]>
  /** What tells of the parts how they stand while nothing happens. */
  tellers: Array<() => void>
  log: Logger
  stopping: AbortController
}

/**
 * Starts the processor; it serves when this resolves. The store may be away: it is tried again for ever, and until then
 * batches wait in the spool. Throws the catalogue's CONFIG, CATALOG, RULE, STATE, FOLDER and PORT errors.
 */
export async function startProcessor (config: ProcessorConfig, context: ProcessorContext): Promise<Processor> {
  const state = resolve(context.base, config.state)
  ensureFolderSync(state)
  // What is open is closed when something fails, the newest first.
  const opened: Array<() => unknown> = []
  try {
    const lock = lockFolder(state, 'processor')
    opened.unshift(() => { lock.release() })
    const assembly = await assemble(config, state, context)
    opened.unshift(() => { assembly.stopping.abort() }, () => assembly.catalog.close())
    const front = await serve(assembly)
    opened.unshift(() => front.close())
    return await run(assembly, context, front, async () => { for (const close of opened) await close() })
  } catch (error) {
    for (const close of opened) await close()
    throw error
  }
}

async function assemble (
  config: ProcessorConfig, state: string, { base, log = createLog('processor', config.log.level), reread }: ProcessorContext
): Promise<Assembly> {
  const rules = readRules(config.rules, base)
  const { budgets, max_series: maxSeries } = config.metrics
  const series = createSeries({ budgets, maxSeries, inputs: config.inputs.map(inputIdOf), partners: () => catalog.current().partners })
  const readiness = new ToldReadiness(series, partsOf(config))
  const lag = createLagWatch(readiness)
  const catalog = await startLiveCatalog({
    config: config.catalog, base, state, telemetry: series, log, reread: reread === undefined ? undefined : () => reread().catalog,
  })
  return {
    config,
    base,
    state,
    catalog,
    rules,
    series,
    readiness,
    lag,
    caches: [],
    tellers: [() => { lag.tell() }],
    log,
    stopping: new AbortController(),
  }
}

function partsOf ({ inputs, store, sinks }: ProcessorConfig): ConstructorParameters<typeof ToldReadiness>[1] {
  return {
    inputs: inputs.map(inputIdOf),
    store: { name: storeName, maxBytes: store.spool.max_bytes, whenFull: 'block' },
    sinks: sinks.map(({ name, spool, when_full: whenFull }) => ({ name, maxBytes: spool.max_bytes, whenFull })),
  }
}

async function serve ({ config, catalog, series, readiness, caches, tellers }: Assembly): Promise<Front> {
  return openFront({
    address: config.metrics.listen,
    series,
    status: () => readiness.status(catalog.status()),
    refresh: () => {
      for (const tell of tellers) tell()
      catalog.status()
      tellCaches(caches.flatMap((of) => of()), series)
    },
  })
}

async function run (assembly: Assembly, context: ProcessorContext, front: Front, closeRest: () => Promise<void>): Promise<Processor> {
  const { config, log, stopping, tellers } = assembly
  const detection = createDetection(assembly)
  const declared = keepDeclared(assembly)
  const watch = watchRules(assembly, context, detection)
  const watching = watch.run()
  const outputs = await open(assembly, context, declared, detection)
  tellers.push(() => { outputs.tell() })
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_resolve, reject) => { fail = reject })
  const flow = flowThrough(assembly, outputs, fail).finally(() => stopping.abort())
  const done = Promise.race([flow.then(async () => outputs.settled()), failure, outputs.done.then(() => {})])
  done.catch(() => {})
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    stopping.abort()
    // A store that is away must not keep the process from ending: what waits comes again.
    await settleWithin(flow, graceMs)
    await outputs.sink.close()
    await flow.catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'a batch was left for the next start'))
    await watching
    await detection.close()
    await declared.close()
    await closeRest()
    log.info('processor is closed')
  }
  log.info({ url: front.url, inputs: config.inputs.map(inputIdOf) }, 'processor is ready')
  return {
    url: front.url,
    done,
    refresh: async () => {
      watch.look()
      await assembly.catalog.refresh()
    },
    close: async () => { await (closing ??= close()) },
  }
}

/** How long what is under way may take to land when the processor ends, ms. */
const graceMs = 5000

/** Opens the store and the further sinks. The store is made ready in this order, before anything of this run is in it. */
async function open (
  assembly: Assembly, { prepareStore }: ProcessorContext, declared: DeclaredWriter, detection: Detection
): Promise<Outputs> {
  const { config, base, state, series, readiness, log } = assembly
  const { database, cluster, retention } = config.store
  let isRestored = false
  return openOutputs(config, {
    base,
    state,
    telemetry: series,
    readiness,
    log,
    prepareStore,
    prepare: async (client) => {
      await prepareStore(client, { database, cluster, retention, log })
      await declared.write()
      if (!isRestored) await restoreQuotas(client, database, series.restoreQuota)
      isRestored = true
      detection.start()
    },
  })
}

/** All inputs through the stages into the sinks. Routes that were inferred are saved before anything that has them is published. */
async function flowThrough (assembly: Assembly, { sink, recovered }: Outputs, failed: (error: unknown) => void): Promise<void> {
  const { config, state, base, catalog, series, readiness, lag, log, stopping } = assembly
  const { privacy, filter, normalize } = config
  const writer = createStateWriter('the list of inferred routes', { readiness, log, signal: stopping.signal })
  const routes = await keepRoutes(state, normalize.inference, {
    writer, telemetry: series, log, knows: (word) => catalog.current().knows(word), names: privacy.names,
  })
  const owner = { infer: inferWith(routes.inference), budgets: createBudgets() }
  const key = randomKey()
  const bounds = createBounds(owner.budgets)
  const stages = createStages({ catalog: () => catalog.current(), privacy, filter, key, infer: owner.infer, bounds })
  assembly.caches.push(() => stages.caches)
  for (const notice of stages.notices) log.warn(notice)
  const pool = await startPool(config, { catalog, key, owner, sink, observe: series.observeColumns, failed })
  if (pool !== undefined) assembly.caches.push(() => pool.caches())
  try {
    const { database, cluster } = config.store
    const recall = createRecall({ connect: () => connectClickhouse(config.store), database, cluster, recovered, log })
    const shared = { pool, stages, privacy, observe: series.observe, save: routes.save, sink, telemetry: series, lag, stopping }
    await runInputs(config.inputs, { state, base, telemetry: series, readiness, lag, log, recall }, shared, failed)
  } finally {
    await pool?.close()
  }
}

/** What is declared goes to the store at the start and after every swap; endpoints never while a part of them could not be had yet. */
function keepDeclared ({ config, catalog, log }: Assembly): DeclaredWriter {
  const client = connectClickhouse(config.store)
  const declared = (): Declared => {
    const { digest, partners, eachEndpoint, compiledAt: since } = catalog.current()
    return catalog.isWhole() ? { digest, partners, since, endpoints: eachEndpoint() } : { digest: `${digest} in part`, partners, since, endpoints: undefined }
  }
  const writer = new DeclaredWriter({ client, database: config.store.database, declared, log })
  catalog.onChange(() => { writer.catchUp().catch((error: unknown) => log.error({ reason: messageOf(error) }, 'the catalog is not written to the store')) })
  return writer
}

/** Evaluates the rules over the store from the moment that it is ready. */
function createDetection ({ config, catalog, rules, series, readiness, log }: Assembly): Detection {
  const { store, detect } = config
  return new Detection({
    ...detect,
    rules,
    database: store.database,
    catalog: () => catalog.current(),
    telemetry: series,
    readiness,
    log,
    isCaughtUp: () => readiness.isCaughtUp(),
    connect: () => connectClickhouse(store),
  })
}

function watchRules (assembly: Assembly, { reread }: ProcessorContext, detection: Detection): RulesWatch {
  const { config, base, rules, log, stopping: { signal } } = assembly
  const read = (): Rule[] => readRules(reread === undefined ? config.rules : reread().rules, base)
  const use = (others: readonly Rule[]): void => { detection.use(others) }
  return new RulesWatch({ rules, read, use, log, interval: config.catalog.refresh.files, signal })
}
