/**
 * Swaps a catalog of 28,000 operations (GATELENS_BENCH_OPERATIONS for another number) under traffic, in the processor as it is
 * built: how long its main thread was held up at most and how much memory the process had at most, without and with a swap.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startStore } from '../../services/store/server.ts'
import { createLog } from '../../services/runtime/log.ts'
import { generateLines } from './generate.ts'
import { directoryFiles } from './normalizer/catalogs.ts'

/** What the probe tells of a stretch of time. */
interface Reading { stall: number, busy: number, rss: number, rssNow: number }
interface Status { digest: string, endpoints: number, warnings: number, problems: number }

const root = resolve(import.meta.dirname, '../..')
const operations = Number(process.env.GATELENS_BENCH_OPERATIONS ?? 28_000)
const rate = Number(process.env.GATELENS_BENCH_RATE ?? 800)
const swaps = Number(process.env.GATELENS_BENCH_SWAPS ?? 3)
/** Enough for the log to be read and its rows to be written many times, ms. */
const quietMs = 10_000
const folder = mkdtempSync(join(tmpdir(), 'gatelens-bench-'))
const store = await startStore({ folder: join(folder, 'store'), host: '127.0.0.1', port: 0, log: createLog('store', 'error') })
const traffic = startTraffic(join(folder, 'access.ndjson'))
layOut()
const processor = startProcessor()
try {
  await measure()
} finally {
  clearInterval(traffic)
  processor.kill()
  await once(processor, 'exit')
  await store.close()
  rmSync(folder, { recursive: true })
}

/** A piece holds 200 records. */
function startTraffic (path: string): NodeJS.Timeout {
  writeFileSync(path, '')
  const pieces = generateLines({ records: rate === 0 ? 0 : Infinity })
  return setInterval(() => { appendFileSync(path, pieces.next().value ?? '') }, 200_000 / Math.max(rate, 1))
}

function layOut (): void {
  mkdirSync(join(folder, 'apis'))
  for (const [index, file] of directoryFiles(operations).entries()) symlinkSync(file, join(folder, 'apis', `${index}.json`))
  writeSwapped(0)
  writeFileSync(join(folder, 'gatelens.yaml'), JSON.stringify({
    input: { type: 'file', paths: ['access.ndjson'] },
    catalog: { openapi: ['apis'], kong: join(root, 'examples/kong.yml'), partners: join(root, 'examples/partners.yaml'), refresh: { files: '500ms' } },
    store: { url: store.url },
    metrics: { listen: '127.0.0.1:0' },
    log: { level: 'error' },
  }))
}

/** The one document that changes: each time another template. */
function writeSwapped (number: number): void {
  const document = { openapi: '3.0.3', info: { title: 'Swapped', version: '1' }, paths: { [`/swapped/${number}`]: { get: { responses: { 200: {} } } } } }
  writeFileSync(join(folder, 'apis', 'swapped.json'), JSON.stringify(document))
}

function startProcessor (): ChildProcess {
  const probe = pathToFileURL(join(import.meta.dirname, 'swap/probe.js')).href
  const args = [`--import=${probe}`, 'dist/services/cli/main.js', 'processor', '--config', join(folder, 'gatelens.yaml')]
  return spawn(process.execPath, args, { cwd: process.env.GATELENS_BENCH_ROOT ?? root, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

async function measure (): Promise<void> {
  const [{ url }] = await once(processor, 'message') as [{ url: string }]
  await until(async () => await isWritten(0))
  const { endpoints, warnings, problems } = await status(url)
  console.log(`${count(endpoints)} operations, ${count(problems)} problems, ${count(warnings)} warnings, ${count(rate)} records/s`)
  await read()
  await pause(quietMs)
  tell('without a swap', await read())
  for (let number = 1; number <= swaps; number++) tell(`swap ${number}`, await swap(url, number))
}

/** From the change of the document until all of it is done and the process rests. */
async function swap (url: string, number: number): Promise<Reading> {
  const { digest } = await status(url)
  await read()
  writeSwapped(number)
  await until(async () => (await status(url)).digest !== digest)
  await until(async () => await isWritten(number))
  await pause(1000)
  return await read()
}

async function read (): Promise<Reading> {
  processor.send('read')
  const [reading] = await once(processor, 'message') as [Reading]
  return reading
}

async function status (url: string): Promise<Status> {
  return (await (await fetch(`${url}/readyz`)).json() as { catalog: Status }).catalog
}

async function isWritten (number: number): Promise<boolean> {
  const query = `SELECT count() FROM gatelens.catalog_endpoints_current WHERE route = '/swapped/${number}'`
  const response = await fetch(`${store.url}/?${new URLSearchParams({ query }).toString()}`)
  return response.ok && (await response.text()).trim() === '1'
}

function tell (name: string, { stall, busy, rss, rssNow }: Reading): void {
  console.log(`  ${name}: main thread held up ${stall.toFixed(1)} ms at most (${busy.toFixed(1)} ms of its own work), ` +
    `peak RSS ${megabytes(rss)} MiB, then ${megabytes(rssNow)} MiB`)
}

async function until (holds: () => Promise<boolean>): Promise<void> {
  while (!await holds().catch(() => false)) await pause(100)
}

async function pause (ms: number): Promise<void> {
  await new Promise((resolve) => { setTimeout(resolve, ms) })
}

function count (value: number): string {
  return value.toLocaleString('en-US')
}

function megabytes (bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}
