/** Plants secrets in raw records, runs the real processor and store over them, and greps everything that was written. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { globSync } from 'tinyglobby'
import { moduleArguments } from '../built.ts'
import { makeFolder } from './input/fixture.ts'
import { startStoreProcess } from './store-fixture.ts'

interface Planted { lines: string[], secrets: string[] }

/**
 * Twenty records with five secrets each, two of them broken, so that rejects are looked at as well. Every fourth asks for
 * a path that nothing declares, so that the list of inferred routes is looked at too.
 */
function plant (): Planted {
  const secrets: string[] = []
  const secret = (kind: string): string => {
    const value = `zq${kind}${secrets.length}hidden${(secrets.length * 7919 + 104729).toString(36)}vjk`
    secrets.push(value)
    return value
  }
  const lines = Array.from({ length: 20 }, (_, number) => {
    const query = secret('query')
    const path = number % 4 === 2 ? `/v1/resets/${secret('path')}/${['confirm', 'done.json'][number % 8 >> 2]}` : `/v1/orders/${secret('path')}`
    const record = JSON.stringify({
      request: {
        id: number.toString(16).padStart(32, 'a'),
        method: 'GET',
        uri: `${path}?token=${query}`,
        url: `https://api.example.com:443${path}?token=${query}`,
        querystring: { token: query },
        headers: { host: 'api.example.com', authorization: `Bearer ${secret('bearer')}`, apikey: secret('key'), cookie: `sid=${secret('cookie')}` },
        size: 100,
      },
      response: { status: number % 5 === 0 ? 500 : 200, headers: {}, size: 10 },
      latencies: { kong: 1, proxy: 2, request: 3 },
      upstream_uri: `${path}?token=${query}`,
      upstream_status: '200',
      client_ip: '203.0.113.17',
      started_at: Date.UTC(2026, 7, 20, 10) + number,
      service: { name: 'orders-api' },
      route: { name: 'orders' },
    })
    // One that ends early and one that is no JSON: their reason may not quote them.
    return number === 7 ? record.slice(0, -40) : number === 13 ? record.replace('"headers"', 'headers') : record
  })
  return { lines, secrets }
}

test('no raw query value, credential, header, cookie or path parameter is in store, checkpoint, spool or logs', async (t) => {
  const folder = makeFolder(t)
  const { lines, secrets } = plant()
  assert.equal(secrets.length, 100)
  writeFileSync(join(folder, 'orders.yaml'), `
openapi: 3.0.3
info: { title: Orders, version: 1.0.0 }
paths:
  /v1/orders/{orderId}:
    get: { operationId: getOrder, parameters: [{ name: orderId, in: path, required: true, schema: { type: string } }], responses: { '200': { description: ok } } }
`)
  writeFileSync(join(folder, 'access.log'), `${lines.join('\n')}\n`)
  const early = await startStoreProcess(t, join(folder, 'written/store'))
  const config = join(folder, 'gatelens.yaml')
  writeFileSync(config, `
input: { type: file, paths: [access.log], follow: false, batch: { records: 5, linger: 10ms } }
catalog: { openapi: [orders.yaml] }
store: { url: '${early.url}' }
metrics: { listen: '127.0.0.1:0' }
state: written/state
log: { level: trace }
`)
  // Away at first, so that the spool is written as well; looked at before it drains.
  await early.stop()
  const log = createWriteStream(join(folder, 'written/processor.log'))
  await once(log, 'open')
  const child = spawn(process.execPath, [...moduleArguments('services/cli/main.ts'), 'processor', '-c', config], { stdio: ['ignore', log, log] })
  t.after(() => child.kill('SIGKILL'))
  const spool = join(folder, 'written/state')
  while (!filesBelow(spool).some((path) => path.includes('spool') && readIfThere(path).length > 0)) await new Promise((resolve) => setTimeout(resolve, 50))
  const whileAway = search(join(folder, 'written'), secrets)
  const store = await startStoreProcess(t, join(folder, 'written/store'), early.port)
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
  assert.equal(code, 0)
  assert.deepEqual(await store.query('SELECT count() AS rows, uniqExact(params) AS params, arraySort(groupUniqArray(route)) AS routes FROM gatelens.requests'),
    [{ rows: 18, params: 18, routes: ['/v1/orders/{orderId}', '/v1/resets/{id}/confirm', '/v1/resets/{id}/done.json'] }])
  assert.match(readFileSync(join(spool, 'inference.json'), 'utf8'), /resets\/\{id\}\/confirm/)
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.rejected'), [{ rows: 2 }])
  const tables = await store.query("SELECT name FROM system.tables WHERE database = 'gatelens' AND engine NOT LIKE '%View'")
  const dumped = await Promise.all(tables.map(async ({ name }) => JSON.stringify(await store.query(`SELECT * FROM gatelens.${String(name)}`))))
  await store.stop()
  assert.deepEqual(secrets.filter((secret) => dumped.some((text) => text.includes(secret))), [], 'in a table')
  assert.deepEqual(whileAway, [], 'while the store was away')
  assert.deepEqual(search(join(folder, 'written'), secrets), [], 'afterwards')
})

/** What is renamed or removed while we look is no file. */
function filesBelow (folder: string): string[] {
  return globSync('**', { cwd: folder, absolute: true, dot: true }).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

/** Secrets that stand in any file below the folder, with the file. */
function search (folder: string, secrets: string[]): string[] {
  return filesBelow(folder).flatMap((path) => {
    const bytes = readIfThere(path)
    return secrets.filter((secret) => bytes.includes(secret)).map((secret) => `${secret} in ${path}`)
  })
}

/** A checkpoint is renamed into its place: the name that was listed may be gone, the bytes are then in the other. */
function readIfThere (path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
