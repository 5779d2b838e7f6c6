/**
 * The whole pipeline: file → decode → match → enrich → series → the embedded ClickHouse over HTTP, on 300,000 Kong records
 * (GATELENS_BENCH_RECORDS for another number). Processor time is that of the processor's own process, start-up included.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createClient } from '@clickhouse/client'
import { startStore } from '../../services/store/server.ts'
import { createLog } from '../../services/runtime/log.ts'
import { generateLog } from './generate.ts'

/** Loaded into the measured process: says at its end what it used (µs, KiB), its other threads included. */
const sayUsage = encodeURIComponent(`import { isMainThread } from "node:worker_threads"; if (isMainThread) process.on("exit", () => { const u = process.resourceUsage();
  process.stderr.write("used " + (u.userCPUTime + u.systemCPUTime) + " " + u.maxRSS) })`)
const root = resolve(import.meta.dirname, '../..')
const records = Number(process.env.GATELENS_BENCH_RECORDS ?? 300_000)
const folder = mkdtempSync(join(tmpdir(), 'gatelens-bench-'))
const store = await startStore({ folder: join(folder, 'store'), host: '127.0.0.1', port: 0, log: createLog('store', 'error') })
const client = createClient({ url: store.url })
try {
  const bytes = await generateLog(join(folder, 'access.ndjson'), { records })
  console.log(`${records.toLocaleString('en-US')} records, ${Math.round(bytes / records)} bytes each`)
  writeFileSync(join(folder, 'gatelens.yaml'), JSON.stringify({
    input: { type: 'file', paths: ['access.ndjson'], follow: false },
    catalog: { backstage: [join(root, 'examples/catalog-info.yaml')], kong: join(root, 'examples/kong.yml'), partners: join(root, 'examples/partners.yaml') },
    rules: join(root, 'examples/rules.yaml'),
    store: { url: store.url },
    metrics: { listen: '127.0.0.1:0' },
    log: { level: 'error' },
  }))
  await measure()
} finally {
  await client.close()
  await store.close()
  rmSync(folder, { recursive: true })
}

async function measure (): Promise<void> {
  const started = performance.now()
  const args = [`--import=data:text/javascript,${sayUsage}`, 'dist/services/cli/main.js', 'processor', '--config', join(folder, 'gatelens.yaml')]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => { said += String(piece) })
  const [code] = await once(child, 'close') as [number]
  const seconds = (performance.now() - started) / 1000
  const [, cpu = '1', peak = '0'] = /used (\d+) (\d+)/.exec(said) ?? []
  if (code !== 0) throw new Error(`the processor ended with ${code}: ${said}`)
  const result = await client.query({ query: 'SELECT count() AS rows, uniqExact(event_id) AS ids FROM gatelens.requests', format: 'JSONEachRow' })
  const [stored] = await result.json<{ rows: string, ids: string }>()
  console.log(`  ${perSecond(records / seconds)} events/s, ${perSecond(records / Number(cpu) * 1e6)} per CPU-second of the processor, ` +
    `peak RSS ${Math.round(Number(peak) / 1024)} MiB, ${stored?.rows} rows, ${stored?.ids} ids`)
}

function perSecond (value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
