/** The processor: puts the configured parts together, serves their metrics and state, and ends them in order. */
import { resolve } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import { ensureFolderSync } from '../runtime/files.ts'
import { listen } from '../runtime/http.ts'
import type { Handler, Listener } from '../runtime/http.ts'
import { lockFolder } from '../runtime/lock.ts'
import type { FolderLock } from '../runtime/lock.ts'
import { createLog } from '../runtime/log.ts'
import type { Logger } from '../runtime/log.ts'
import { version } from '../runtime/package.ts'
import { settleWithin } from '../runtime/shutdown.ts'
import { parseAddress } from '../runtime/units.ts'
import { tellCaches } from './caches.ts'
import type { Cache } from './caches.ts'
import { startLiveCatalog } from './catalog/live/live.ts'
import type { LiveCatalog } from './catalog/live/live.ts'
import type { ProcessorConfig } from './config.ts'
import type { LagWatch } from './contract.ts'
import { startDetector } from './detect/detector.ts'
import type { Detector } from './detect/detector.ts'
import type { Rule } from './detect/rule.ts'
import { createEndpoints } from './endpoints.ts'
import { keepRoutes } from './inference.ts'
import { inputIdOf } from './inputs.ts'
import { startExporter } from './observe/exporter.ts'
import { createLagWatch } from './observe/lag.ts'
import { createSeries } from './observe/series.ts'
import type { Series } from './observe/series.ts'
import { connectClickhouse, createClickhouseSink } from './publish/clickhouse.ts'
import type { ClickhouseSink } from './publish/clickhouse.ts'
import type { Declared } from './publish/declared.ts'
import { DeclaredWriter } from './publish/declared-writer.ts'
import { restoreQuotas } from './restore-quotas.ts'
import { readRules, RulesWatch } from './rules.ts'
import { runInputs } from './run-inputs.ts'
import { createStages } from './stages.ts'
import { createStateWriter } from './state-writes.ts'
import { createGauges } from './status.ts'
import type { Gauges } from './status.ts'

/** The database that the processor writes to, as it shall be. */
export interface StoreTarget {
  database: string
  cluster?: string
  /** How long rows stay, ms, by table. */
  retention: Readonly<Record<string, number | undefined>>
  log: Logger
}

export interface ProcessorContext {
  /** Makes the tables and checks their version, as the store's `migrate` does. Throws SCHEMA_NEWER and SCHEMA_DIFFERENT for good. */
  prepareStore: (client: ClickHouseClient, target: StoreTarget) => Promise<unknown>
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
  /** Resolves when all inputs have ended and all of them is in the store, or after `close`; rejects when it cannot go on. */
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
  gauges: Gauges
  lag: LagWatch
  /** Those of the stages, once there are any. */
  caches: Cache[]
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
  const lock = lockFolder(state, 'processor')
  try {
    const assembly = await assemble(config, state, context)
    return await open(assembly, context, lock).catch(async (error: unknown) => {
      await assembly.catalog.close()
      throw error
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

async function open (assembly: Assembly, context: ProcessorContext, lock: FolderLock): Promise<Processor> {
  const exporter = startExporter({ series: assembly.series, version })
  const listener = await serve(assembly, exporter.handler).catch(async (error: unknown) => {
    await exporter.close()
    throw error
  })
  const closeFront = async (): Promise<void> => {
    await listener.close(1000)
    await exporter.close()
    lock.release()
  }
  try {
    return await run(assembly, context, listener, closeFront)
  } catch (error) {
    await closeFront()
    throw error
  }
}

async function assemble (
  config: ProcessorConfig, state: string, { base, log = createLog('processor', config.log.level), reread }: ProcessorContext
): Promise<Assembly> {
  const rules = readRules(config.rules, base)
  const { budgets, max_series: maxSeries } = config.metrics
  const series = createSeries({ budgets, maxSeries, partners: () => catalog.current().partners })
  const gauges = createGauges(series, config.inputs.map(inputIdOf))
  gauges.set('gatelens_state_writable', {}, 1)
  gauges.set('gatelens_spool_max_bytes', {}, config.clickhouse.spool.max_bytes)
  const catalog = await startLiveCatalog({
    config: config.catalog, base, state, telemetry: gauges, log, reread: reread === undefined ? undefined : () => reread().catalog,
  })
  return {
    config, base, state, catalog, rules, series, gauges, lag: createLagWatch(gauges), caches: [], log, stopping: new AbortController(),
  }
}

async function serve ({ config, catalog, gauges, lag, caches }: Assembly, metrics: Handler): Promise<Listener> {
  const address = parseAddress(config.metrics.listen)
  if (address === undefined) {
    throw new GatelensError('CONFIG_INVALID', `"${config.metrics.listen}" is not an address; write host:port, such as 127.0.0.1:9464`, { where: 'metrics.listen' })
  }
  return listen(address, createEndpoints({
    // Ages are those of this moment.
    status: () => {
      lag.tell()
      return gauges.status({ spoolBytes: config.clickhouse.spool.max_bytes, catalog: catalog.status() })
    },
    metrics: (request, response) => {
      lag.tell()
      catalog.status()
      tellCaches(caches, gauges)
      metrics(request, response)
    },
  }))
}

async function run (
  assembly: Assembly, context: ProcessorContext, listener: Listener, closeFront: () => Promise<void>
): Promise<Processor> {
  const { config, state, gauges, log, stopping } = assembly
  const detection = createDetection(assembly)
  const declared = keepDeclared(assembly)
  const watch = watchRules(assembly, context, detection)
  const watching = watch.run()
  const sink = await createClickhouseSink(config.clickhouse, {
    state,
    telemetry: gauges,
    log,
    prepare: async (client) => {
      const { database, cluster, retention } = config.clickhouse
      await context.prepareStore(client, { database, cluster, retention, log })
      await declared.write()
      await detection.begin(client)
    },
  })
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_resolve, reject) => { fail = reject })
  const flow = flowThrough(assembly, sink, fail).finally(() => stopping.abort())
  const done = Promise.race([flow.then(async () => sink.settled()), failure, sink.done])
  done.catch(() => {})
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    stopping.abort()
    // A store that is away must not keep the process from ending: what waits comes again.
    await settleWithin(flow, graceMs)
    await sink.close()
    await flow.catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'a batch was left for the next start'))
    await watching
    await detection.close()
    await declared.close()
    await assembly.catalog.close()
    await closeFront()
    log.info('processor is closed')
  }
  log.info({ url: listener.url, inputs: config.inputs.map(inputIdOf) }, 'processor is ready')
  return {
    url: listener.url,
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

async function flowThrough (assembly: Assembly, sink: ClickhouseSink, failed: (error: unknown) => void): Promise<void> {
  const { config, state, base, catalog, series, gauges, lag, log, stopping } = assembly
  const { privacy, filter, normalize } = config
  const writer = createStateWriter('the list of inferred routes', { telemetry: gauges, log, signal: stopping.signal })
  const { inference, guard } = await keepRoutes(state, normalize.inference, {
    writer, telemetry: gauges, log, knows: (word) => catalog.current().knows(word), names: privacy.names,
  })
  const stages = createStages({ catalog: () => catalog.current(), privacy, filter, inference })
  assembly.caches.push(...stages.caches)
  for (const notice of stages.notices) log.warn(notice)
  const shared = { stages, privacy, observe: series.observe, sink: guard(sink), telemetry: gauges, lag, stopping }
  await runInputs(config.inputs, { state, base, telemetry: gauges, lag, log }, shared, failed)
}

/** What is declared goes to the store at the start and after every swap; endpoints never while a part of them could not be had yet. */
function keepDeclared ({ config, catalog, log }: Assembly): DeclaredWriter {
  const client = connectClickhouse(config.clickhouse)
  const declared = (): Declared => {
    const { digest, partners, eachEndpoint, compiledAt: since } = catalog.current()
    return catalog.isWhole() ? { digest, partners, since, endpoints: eachEndpoint() } : { digest: `${digest} in part`, partners, since, endpoints: undefined }
  }
  const writer = new DeclaredWriter({ client, database: config.clickhouse.database, declared, log })
  catalog.onChange(() => { writer.catchUp().catch((error: unknown) => log.error({ reason: messageOf(error) }, 'the catalog is not written to the store')) })
  return writer
}

interface Detection {
  /** Once the store is ready, and before anything of this run is in it. Later calls do nothing. */
  begin (client: ClickHouseClient): Promise<void>
  /** Puts other rules into use. Throws RULE_INVALID. */
  use (rules: readonly Rule[]): void
  close (): Promise<void>
}

function watchRules (assembly: Assembly, { reread }: ProcessorContext, { use }: Detection): RulesWatch {
  const { config, base, rules, log, stopping: { signal } } = assembly
  const read = (): Rule[] => readRules(reread === undefined ? config.rules : reread().rules, base)
  return new RulesWatch({ rules, read, use, log, interval: config.catalog.refresh.files, signal })
}

function createDetection ({ config, catalog, rules: first, series, gauges, log }: Assembly): Detection {
  const { database } = config.clickhouse
  let rules: readonly Rule[] = first
  let running: { detector: Detector, client: ClickHouseClient } | undefined
  return {
    begin: async (client) => {
      if (running !== undefined) return
      await restoreQuotas(client, database, series.restoreQuota)
      const own = connectClickhouse(config.clickhouse)
      const options = { rules, database, catalog: () => catalog.current(), telemetry: gauges, log, isCaughtUp: () => gauges.isCaughtUp() }
      running = { detector: startDetector({ ...options, ...config.detect, client: own }), client: own }
    },
    use: (others) => {
      running?.detector.use(others)
      rules = others
    },
    close: async () => {
      await running?.detector.close()
      await running?.client.close()
    },
  }
}
