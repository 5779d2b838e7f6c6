/**
 * Plants secrets in records that a processor reads, and looks for them in all that it leaves: tables and files of the store, spool,
 * state, series, its log, and what commands say of the same records.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { test } from 'node:test'
import { pino } from 'pino'
import { parseConfig } from '../../services/runtime/config.ts'
import { processorSchema } from '../../services/processor/config.ts'
import { startProcessor } from '../../services/processor/processor.ts'
import { migrate } from '../../services/store/migrate.ts'
import { sourceFolder } from '../built.ts'
import { runCommand } from '../cli/run-command.ts'
import { makeFolder } from './input/fixture.ts'
import { isReadable } from './planted/exceptions.ts'
import { kinds, make } from './planted/kinds.ts'
import { createFinder } from './planted/leaks.ts'
import type { Plant } from './planted/leaks.ts'
import { broken, gatewayRecord, kongRecord, places } from './planted/records.ts'
import { seeded } from '../seeded.ts'
import { reserveStore, startStoreProcess } from './store-fixture.ts'
import type { RunningStore } from './store-fixture.ts'

const apis = join(sourceFolder(import.meta.dirname), 'catalog', 'apis')

/** Of each place, and of each way to break a line, one kind in so many. */
const share = 9

function plant (): { lines: string[], plants: Plant[] } {
  const random = seeded(42)
  const lines: string[] = []
  const plants: Plant[] = []
  const sources = [
    ...Object.entries(places).map(([place, put], index) => ({
      place,
      write: (secret: string) => {
        const record = index % 2 === 0 ? kongRecord() : gatewayRecord()
        put(record, secret)
        return JSON.stringify(record)
      }
    })),
    ...Object.entries(broken).map(([place, write]) => ({ place, write: (secret: string) => write(secret).replaceAll('\n', ' ') })),
  ]
  for (const [at, { place, write }] of sources.entries()) {
    for (const [index, [kind, draw]] of Object.entries(kinds).entries()) {
      const { text, parts } = make(draw, random)
      if ((index + at) % share !== 0 || isReadable({ place, kind, text, names: 'all' })) continue
      lines.push(write(text))
      // Few digits are met by chance among positions, times and sizes.
      plants.push({ what: `${kind} in ${place}: ${text}`, parts: parts.filter((part) => part.length > 9 || /[^\d-]/.test(part)) })
    }
  }
  return { lines, plants }
}

test('nothing that a processor leaves behind holds a planted secret', async (t) => {
  const folder = makeFolder(t)
  const { lines, plants } = plant()
  assert.ok(lines.length > 1500, `${lines.length} lines`)
  const find = createFinder(plants)
  const clean = (surface: string, text: string): void => { assert.deepEqual(find(text), [], surface) }
  const log = join(folder, 'access.log')
  writeFileSync(log, `${lines.join('\n')}\n`)
  assert.ok(find(readFileSync(log, 'utf8')).length > 1000, 'they are found where they are')

  const early = await reserveStore()
  const said: string[] = []
  const config = parseConfig({
    path: join(folder, 'gatelens.yaml'),
    text: `
input: { type: file, paths: [access.log], poll: 10ms, batch: { records: 500, linger: 10ms } }
catalog: { openapi: ['${apis}'] }
store: { url: '${early.url}' }
metrics: { listen: '127.0.0.1:0' }`
  }, processorSchema)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: pino({ level: 'trace' }, { write: (line: string) => { said.push(line) } }) })
  t.after(() => processor.close())
  const get = async (path: string): Promise<string> => (await fetch(`${processor.url}${path}`)).text()
  const metric = async (outcome: string): Promise<number> =>
    Number(new RegExp(`^gatelens_events_total\\{.*outcome="${outcome}"\\} (\\d+)`, 'm').exec(await get('/metrics'))?.[1] ?? 0)
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  await until(async () => await metric('received') >= lines.length && JSON.parse(await get('/readyz')).spool.bytes > 0)
  for (const path of filesOf(join(folder, 'state'))) clean(`state file ${path}, while the store is away`, path + readFileSync(path, 'latin1'))
  const store = await startStoreProcess(t, join(folder, 'store'), early.port)
  await until(async () => await metric('published') + await metric('rejected') === await metric('received') && JSON.parse(await get('/readyz')).spool.bytes === 0)
  for (const path of ['/metrics', '/readyz', '/livez']) clean(path, await get(path))
  await processor.close()
  clean('the log of the processor', said.join(''))
  for (const path of filesOf(join(folder, 'state'))) clean(`state file ${path}`, path + readFileSync(path, 'latin1'))

  const [counts] = await store.query('SELECT (SELECT count() FROM gatelens.requests) AS rows, (SELECT count() FROM gatelens.rejected) AS rejects')
  assert.ok(Number(counts?.rows) > 1000 && Number(counts?.rejects) > 50, JSON.stringify(counts))
  for (const { name } of await store.query("SELECT name FROM system.tables WHERE database = 'gatelens' AND engine LIKE '%MergeTree'")) clean(`table ${String(name)}`, await dump(store, String(name)))
  const drift = await runCommand(['drift', '--json', '--openapi', apis, '--url', store.url], { cwd: folder })
  clean('drift of the store', drift.stdout + drift.stderr)
  await store.stop()
  for (const path of filesOf(join(folder, 'store'))) clean(`store file ${path}`, path + readFileSync(path, 'latin1'))

  for (const args of [['report', 'access.log', '--json'], ['report', 'access.log'], ['drift', 'access.log', '--json', '--openapi', apis], ['drift', 'access.log', '--suggest', '--openapi', apis], ['decode']]) {
    const { stdout, stderr } = await runCommand(args, { cwd: folder, stdin: args[0] === 'decode' ? readFileSync(log) : '' })
    assert.ok(stdout.length > 500, `${args.join(' ')}: ${stdout}${stderr}`)
    clean(args.join(' '), stdout + stderr)
  }
})

async function dump (store: RunningStore, table: string): Promise<string> {
  const { stream } = await store.client.exec({ query: `SELECT * FROM gatelens.${table} FORMAT JSONEachRow` })
  return textOf(stream)
}

function filesOf (folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
}
