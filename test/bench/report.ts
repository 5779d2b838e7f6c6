/** `gatelens report` over a million Kong records (GATELENS_BENCH_RECORDS for another number): throughput and peak memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { generateLog } from './generate.ts'

/** Loaded into the measured process: says at its end how much memory it had at most (ru_maxrss, KiB). */
const sayPeak = encodeURIComponent('process.on("exit", () => process.stderr.write("peak-rss " + process.resourceUsage().maxRSS))')
const root = resolve(import.meta.dirname, '../..')
const records = Number(process.env.GATELENS_BENCH_RECORDS ?? 1_000_000)
const folder = mkdtempSync(join(tmpdir(), 'gatelens-bench-'))
try {
  const log = join(folder, 'access.ndjson')
  const bytes = await generateLog(log, { records })
  console.log(`${records.toLocaleString('en-US')} records, ${Math.round(bytes / records)} bytes each`)
  await measure('without a catalog', bytes, [log])
  await measure('with catalog, partners and rules', bytes, [log, '--backstage', 'examples/catalog-info.yaml', '--kong', 'examples/kong.yml',
    '--partners', 'examples/partners.yaml', '--rules', 'examples/rules.yaml'])
} finally {
  rmSync(folder, { recursive: true })
}

async function measure (name: string, bytes: number, args: string[]): Promise<void> {
  const built = join(root, 'dist/services/cli/main.js')
  const command = existsSync(built) ? [built] : ['--import', 'tsx', join(root, 'services/cli/main.ts')]
  const started = performance.now()
  const child = spawn(process.execPath, [`--import=data:text/javascript,${sayPeak}`, ...command, 'report', ...args, '--json'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => { said += String(piece) })
  const [code] = await once(child, 'close') as [number]
  const seconds = (performance.now() - started) / 1000
  const peak = /peak-rss (\d+)/.exec(said)?.[1] ?? '0'
  if (code !== 0) throw new Error(`report ended with ${code}: ${said}`)
  console.log(`  ${name}: ${Math.round(records / seconds).toLocaleString('en-US')} records/s, ${Math.round(bytes / seconds / 1e6)} MB/s, ` +
    `${seconds.toFixed(1)} s, peak RSS ${Math.round(Number(peak) / 1024)} MiB`)
}
