/**
 * The whole pipeline: file → decode → match → enrich → series → the embedded ClickHouse over HTTP, on 300,000 Kong records
 * (GATELENS_BENCH_RECORDS for another number), by turns with the OpenTelemetry Collector on the same log and an equal store;
 * medians of three (GATELENS_BENCH_RUNS), with GATELENS_BENCH_THREADS as `threads` (1). Processor time is that of each program's
 * own processes, start-up included.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { generateLog } from './generate.ts'
import { MeasuredProcess } from './measure/process.ts'
import type { Usage } from './measure/process.ts'
import { buildCollector, configureCollector } from './peer/otelcol.ts'

/** What one run took: of the program itself and of the store, and what its own figures say. */
interface Run { seconds: number, own: Usage, store: Usage, details: Record<string, number> }

/** One program that brings the log into a store: its start, the table that it fills, and what else can be asked while it runs. */
interface Contender {
  start: (folder: string, log: string, store: string, port: number) => MeasuredProcess
  table: string
  details: (port: number, program: MeasuredProcess) => Promise<Record<string, number>>
}

/** Loaded into the measured process: says at its end for how long its main thread collected garbage, ms. */
const sayGarbage = encodeURIComponent(`import { isMainThread } from "node:worker_threads"; import { PerformanceObserver } from "node:perf_hooks"; let ms = 0;
  if (isMainThread) { new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) ms += duration }).observe({ entryTypes: ["gc"] });
  process.on("exit", () => process.stderr.write("garbage " + ms + "\\n")) }`)
const root = resolve(import.meta.dirname, '../..')
const cli = join(root, 'dist/services/cli/main.js')
const records = Number(process.env.GATELENS_BENCH_RECORDS ?? 300_000)
const runs = Number(process.env.GATELENS_BENCH_RUNS ?? 3)
const threads = process.env.GATELENS_BENCH_THREADS === 'auto' ? 'auto' : Number(process.env.GATELENS_BENCH_THREADS ?? 1)

const gatelens: Contender = {
  start: (folder, log, store, port) => {
    const config = join(folder, 'gatelens.yaml')
    writeFileSync(config, JSON.stringify({
      input: { type: 'file', paths: [log] },
      threads,
      catalog: { backstage: [join(root, 'examples/catalog-info.yaml')], kong: join(root, 'examples/kong.yml'), partners: join(root, 'examples/partners.yaml') },
      rules: join(root, 'examples/rules.yaml'),
      store: { url: store },
      metrics: { listen: `127.0.0.1:${port}` },
      log: { level: 'error' },
    }))
    return new MeasuredProcess(process.execPath, [`--import=data:text/javascript,${sayGarbage}`, cli, 'processor', '--config', config])
  },
  table: 'gatelens.requests',
  details: async (port, program) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    await program.end()
    const stages = [...text.matchAll(/^gatelens_stage_seconds_total\{stage="(\w+)"\} (\S+)/gm)].map(([, stage = '', seconds]) => [stage, Number(seconds) / records * 1e6])
    return { ...Object.fromEntries(stages), garbage: Number(/garbage (\S+)/.exec(program.said)?.[1]) }
  },
}

const collector = (binary: string): Contender => ({
  start: (folder, log, store) => new MeasuredProcess(binary, ['--config', configureCollector(folder, log, store)], { ...process.env, GOMAXPROCS: '2' }),
  table: 'otel.logs',
  details: async (_port, program) => {
    await program.end()
    return {}
  },
})

const folder = mkdtempSync(join(tmpdir(), 'gatelens-bench-'))
try {
  const log = join(folder, 'access.ndjson')
  const bytes = await generateLog(log, { records })
  console.log(`${records.toLocaleString('en-US')} records, ${Math.round(bytes / records)} bytes each`)
  const binary = buildCollector()
  const ours: Run[] = []
  const theirs: Run[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(await measure(gatelens, log))
    if (binary !== undefined) theirs.push(await measure(collector(binary), log))
  }
  tell('gatelens', ours)
  tellStages(ours)
  if (theirs.length > 0) {
    tell('otelcol', theirs)
    const ratio = (cpu: (run: Run) => number): string => (median(theirs.map(cpu)) / median(ours.map(cpu))).toFixed(1)
    console.log(`  vs otelcol: ${ratio(({ own }) => own.cpu)}x, with the store ${ratio(({ own, store }) => own.cpu + store.cpu)}x`)
  }
} finally {
  rmSync(folder, { recursive: true })
}

/** Runs one program beside a store of its own until all records are there. */
async function measure ({ start, table, details }: Contender, log: string): Promise<Run> {
  const own = mkdtempSync(join(folder, 'run-'))
  const [storePort, port] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${storePort}`
  const store = new MeasuredProcess(process.execPath, [cli, 'store', '--data', join(own, 'store'), '--listen', `127.0.0.1:${storePort}`])
  const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } })
  try {
    await waitFor(async () => (await client.ping()).success, store)
    const before = store.usage().cpu
    const started = performance.now()
    const program = start(own, log, url, port)
    const count = async (): Promise<number> => {
      const [row] = await (await client.query({ query: `SELECT count() AS rows FROM ${table}`, format: 'JSONEachRow' })).json<{ rows: string }>()
      return Number(row?.rows)
    }
    await waitFor(async () => await count().catch(() => 0) >= records, program)
    const seconds = (performance.now() - started) / 1000
    const [mine, stores] = [program.usage(), store.usage()]
    return { seconds, own: mine, store: { ...stores, cpu: stores.cpu - before }, details: await details(port, program) }
  } finally {
    await client.close()
    await store.end()
    rmSync(own, { recursive: true })
  }
}

async function waitFor (holds: () => Promise<boolean>, program: MeasuredProcess): Promise<void> {
  while (!await holds()) {
    program.check()
    await pause(100)
  }
}

function tell (name: string, all: readonly Run[]): void {
  const figure = (of: (run: Run) => number, digits = 0): string => median(all.map(of)).toLocaleString('en-US', { maximumFractionDigits: digits })
  console.log(`  ${name}: ${figure(({ seconds }) => records / seconds)} events/s, ${figure(({ own }) => records / own.cpu)} per CPU-second ` +
    `(${figure(({ own }) => own.cpu / records * 1e6, 1)} µs each), store ${figure(({ store }) => store.cpu / records * 1e6, 1)} µs each, ` +
    `together ${figure(({ own, store }) => records / (own.cpu + store.cpu))} per CPU-second, peak RSS ${figure(({ own }) => own.peak)} MiB`)
}

function tellStages (all: readonly Run[]): void {
  const { garbage: _, ...stages } = all[0]?.details ?? {}
  const of = (stage: string): string => `${stage} ${median(all.map(({ details }) => details[stage] ?? NaN)).toFixed(1)}`
  const share = median(all.map(({ own, details }) => (details.garbage ?? NaN) / 10 / own.cpu))
  console.log(`  µs a record: ${Object.keys(stages).map(of).join(', ')}; garbage collection ${share.toFixed(0)} % of the processor's time`)
}

function median (values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
