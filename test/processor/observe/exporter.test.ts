import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { request as send } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { listen } from '../../../services/runtime/http.ts'
import { startExporter } from '../../../services/processor/observe/exporter.ts'
import { Scrapers } from '../../../services/processor/observe/scrapers.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import type { Series } from '../../../services/processor/observe/series.ts'
import { readSamples, total } from './exposition.ts'
import { request } from './request.ts'

interface Answer { headers: IncomingMessage['headers'], body: Buffer }
type Get = (headers?: Record<string, string>, method?: string) => Promise<Answer>

/** An exporter of its own on a real socket; `get` asks it once, on a connection of its own. */
async function serve (t: TestContext, series: Series): Promise<Get> {
  const exporter = startExporter({ series, version: '1.2.3' })
  const listener = await listen({ host: '127.0.0.1', port: 0 }, exporter.handler)
  t.after(async () => {
    await listener.close(0)
    await exporter.close()
  })
  return async (headers = {}, method = 'GET') => await new Promise((resolve, reject) => {
    send(`${listener.url}/metrics`, { headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => { resolve({ headers: response.headers, body: Buffer.concat(chunks) }) })
    }).on('error', reject).end()
  })
}

const prometheus = { 'x-prometheus-scrape-timeout-seconds': '10', 'user-agent': 'Prometheus/3.5.0' }
const requests = 'http_server_request_duration_seconds_count'

test('a new series begins at 0 for Prometheus, and a person sees its value at once', async (t) => {
  const series = createSeries()
  const get = await serve(t, series)
  const count = async (labels: Record<string, string>, headers = {}): Promise<number> =>
    total(readSamples((await get(headers)).body.toString()), requests, labels)
  series.observe([request(), request()])
  assert.equal(await count({ api_service: 'orders' }), 2, 'a person')
  assert.equal(await count({ api_service: 'orders' }, prometheus), 0)
  assert.equal(await count({ api_service: 'orders' }, prometheus), 2)
  series.observe([request(), request({ service: 'billing' })])
  assert.equal(await count({ api_service: 'orders' }, prometheus), 3, 'what is known goes on')
  const other = { ...prometheus, 'user-agent': 'vmagent' }
  assert.equal(await count({ api_service: 'billing' }, other), 0, 'for every scraper')
  assert.equal(await count({ api_service: 'billing' }, other), 1)
  assert.equal(await count({ api_service: 'billing' }, prometheus), 1, 'it had its 0 with the scrape before')
})

test('buckets and sums of a new histogram begin at 0 as its count does, and gauges never do', async (t) => {
  const series = createSeries()
  const get = await serve(t, series)
  series.observe([request({ duration_ms: 5 })])
  series.set('gatelens_spool_bytes', { sink: 'store' }, 7)
  const first = readSamples((await get(prometheus)).body.toString())
  assert.equal(total(first, requests.replace('_count', '_bucket')), 0)
  assert.equal(total(first, requests.replace('_count', '_sum')), 0)
  assert.equal(total(first, 'gatelens_spool_bytes'), 7)
})

test('a scraper that is new to an old process, or was away, gets the values as they are', () => {
  const scrapers = new Scrapers()
  const minute = 60_000
  const from = (address: string): IncomingMessage =>
    ({ headers: prometheus, socket: { remoteAddress: address } }) as unknown as IncomingMessage
  assert.equal(scrapers.visit(from('a'), minute), 0)
  assert.equal(scrapers.visit(from('a'), 2 * minute), minute)
  assert.equal(scrapers.visit(from('b'), 2 * minute), 0)
  assert.equal(scrapers.visit(from('c'), 60 * minute), Infinity)
  assert.equal(scrapers.visit(from('c'), 61 * minute), 60 * minute)
  assert.equal(scrapers.visit(from('a'), 60 * minute), Infinity)
  assert.equal(scrapers.visit({ headers: {}, socket: {} } as unknown as IncomingMessage, 61 * minute), Infinity)
})

test('the scrape is compressed for who takes gzip, and only then', async (t) => {
  const get = await serve(t, createSeries())
  for (const accepted of ['gzip', 'deflate, gzip;q=1.0', 'br, *', 'GZIP ; q=0.5']) {
    const { headers, body } = await get({ 'accept-encoding': accepted })
    assert.equal(headers['content-encoding'], 'gzip', accepted)
    assert.match(gunzipSync(body).toString(), /^# HELP /m)
  }
  for (const accepted of ['', 'identity', 'gzip;q=0', 'gzip; q=0.0', 'br', 'gzippy']) {
    const { headers, body } = await get({ 'accept-encoding': accepted })
    assert.equal(headers['content-encoding'], undefined, accepted)
    assert.match(body.toString(), /^# HELP /m)
  }
  const head = await get({}, 'HEAD')
  assert.equal(head.body.length, 0)
  assert.equal(head.headers.vary, 'accept-encoding')
})

test('the process tells its own figures under the usual names', async (t) => {
  const get = await serve(t, createSeries())
  const samples = readSamples((await get()).body.toString())
  assert.ok(total(samples, 'process_cpu_seconds_total') > 0)
  assert.ok(total(samples, 'process_resident_memory_bytes') > 10e6)
  assert.ok(Math.abs(total(samples, 'process_start_time_seconds') - (Date.now() / 1000 - process.uptime())) < 5)
  const open = total(samples, 'process_open_fds')
  if (process.platform === 'linux') assert.ok(open > 3 && open <= total(samples, 'process_max_fds'), `${open} descriptors`)
})
