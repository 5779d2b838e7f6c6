/** The decoder of NGINX's logs against what a real nginx writes, in formats of every kind at once. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AccessEvent } from '../../services/processor/event.ts'
import { createDecoder, formatSchema } from '../../services/processor/format.ts'
import { cutLines } from '../../services/processor/input/lines.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { temporaryFolder } from '../folder.ts'
import { launch } from '../integration/launch.ts'
import type { Launched } from '../integration/launch.ts'
import { reservePort } from '../port.ts'
import { until } from '../until.ts'

/** What each log is written with, and `format` for it. */
const logs: Record<string, { directive: string, options: object }> = {
  combined: { directive: '', options: {} },
  custom: {
    directive: 'log_format custom \'$remote_addr [$time_iso8601] $host "$request" $status $bytes_sent $request_length $request_time \'\n' +
      '  \'$upstream_addr $upstream_status $upstream_response_time $upstream_header_time $limit_req_status "$http_user_agent" $request_id\';',
    options: {},
  },
  json: {
    directive: 'log_format json escape=json \'{"time":"$msec","request":"$request","status":"$status","host":"$host","took":"$request_time","ua":"$http_user_agent",\'\n' +
      '  \'"up":{"addr":"$upstream_addr","status":"$upstream_status","time":"$upstream_response_time","header":"$upstream_header_time"},"limit":"$limit_req_status","id":"$request_id"}\';',
    options: {},
  },
  // Numbers that are not quoted and escapes that JSON does not have: no parser of JSON reads all of these lines.
  broken: {
    directive: 'log_format broken \'{"time":$msec,"method":"$request_method","uri":"$request_uri","status":$status,"took":$request_time,"ua":"$http_user_agent",\'\n' +
      '  \'"up":[],"addr":"$upstream_addr","us":"$upstream_status","ut":$upstream_response_time,"uh":"$upstream_header_time","id":"$request_id"}\';',
    options: {},
  },
  none: { directive: 'log_format none escape=none \'$msec|$request|$status|$request_time|$upstream_status|"$http_user_agent"|$request_id\';', options: {} },
}

const folder = temporaryFolder()
const received: string[] = []
const syslog = createSocket('udp4').on('message', (message) => received.push(message.toString('latin1')))
let nginx: Launched
let backend: Server
let port = 0

before(async () => {
  backend = createServer(({ url = '' }, response) => {
    if (url.startsWith('/moved')) return response.writeHead(200, { 'X-Accel-Redirect': '/inner/there' }).end()
    setTimeout(() => response.writeHead(url.startsWith('/missing') ? 404 : 200).end('hello'), url.startsWith('/slow') ? 120 : 0)
  }).listen(0, '127.0.0.1')
  syslog.bind(0, '127.0.0.1')
  await Promise.all([once(backend, 'listening'), once(syslog, 'listening')])
  const dead = await reservePort()
  port = await reservePort()
  const target = (backend.address() as AddressInfo).port
  writeFileSync(join(folder, 'nginx.conf'), `
    daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 64; }
    http {
      ${['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name === 'body' ? 'client_body' : name}_temp_path ${folder}/${name};`).join(' ')}
      ${Object.values(logs).map(({ directive }) => directive).join('\n')}
      ${Object.keys(logs).map((name) => `access_log ${folder}/${name}.log ${name};`).join('\n')}
      access_log syslog:server=127.0.0.1:${syslog.address().port} combined;
      limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;
      upstream app { server 127.0.0.1:${target}; }
      upstream shaky { server 127.0.0.1:${dead} max_fails=0; server 127.0.0.1:${target} backup; }
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://app; }
        location /retried { proxy_pass http://shaky; }
        location /dead { proxy_pass http://127.0.0.1:${dead}; }
        location /own { return 204; }
        location /few { limit_req zone=few; proxy_pass http://app; }
        location /inner/ { internal; proxy_pass http://app; }
      }
    }`)
  nginx = launch('nginx', 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')])
  await until(async () => await get('/own/ready').then(() => true, () => false))
})

after(async () => {
  await nginx.end('SIGTERM')
  syslog.close()
  backend.close()
})

interface Expected { target: string, status: number, upstream: number | null, attempts: number, source: string }

const requests: Expected[] = [
  { target: '/v1/orders/7?expand=items&q=%22x%22', status: 200, upstream: 200, attempts: 1, source: 'upstream' },
  { target: '/missing/caf%C3%A9', status: 404, upstream: 404, attempts: 1, source: 'upstream' },
  { target: '/retried/1', status: 200, upstream: 200, attempts: 2, source: 'upstream' },
  { target: '/dead/1', status: 502, upstream: 502, attempts: 1, source: 'gateway' },
  { target: '/own/1', status: 204, upstream: null, attempts: 0, source: 'gateway' },
  { target: '/moved/1', status: 200, upstream: 200, attempts: 2, source: 'upstream' },
  { target: '/slow/1', status: 200, upstream: 200, attempts: 1, source: 'upstream' },
  { target: '/few/1', status: 200, upstream: 200, attempts: 1, source: 'upstream' },
  { target: '/few/2', status: 503, upstream: null, attempts: 0, source: 'gateway' },
]
const agent = 'probe/1.0 "quoted" back\\slash | caf\xE9'

test('every request is decoded out of every log as its client saw it', async () => {
  const started = Date.now()
  for (const { target, status } of requests) assert.equal(await get(target), status, target)
  await raw(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, 0x0D, 0x0A, 0x0D, 0x0A]))
  const ended = Date.now()
  const whole = requests.length + 1
  await until(() => Object.keys(logs).every((name) => linesOf(name).length === whole) && received.filter((line) => !line.includes('/own/ready')).length === whole)
  for (const [name, { directive, options }] of Object.entries(logs)) {
    const format = directive === '' ? name : { type: 'nginx', log_format: directive, ...options }
    const events = decode(readFileSync(join(folder, `${name}.log`)), directive === '' ? 'nginx' : format).filter(isProbe)
    assert.equal(events.length, whole, name)
    const handshake = events.at(-1)
    assert.deepEqual([handshake?.method, handshake?.target, handshake?.status], ['', '', 400], name)
    events.slice(0, -1).forEach((event, index) => checkEvent(event, requests[index]!, name, [started, ended]))
  }
})

test('what nginx sends to syslog is decoded behind its prefix', () => {
  const events = received.flatMap((line) => decode(Buffer.from(line, 'latin1'), 'nginx')).filter(isProbe)
  assert.deepEqual(events.slice(0, -1).map(({ target }) => target), requests.map(({ target }) => target))
})

function checkEvent (event: AccessEvent, expected: Expected, name: string, [started, ended]: [number, number]): void {
  const about = `${name} ${expected.target}`
  assert.deepEqual([event.method, event.target, event.status], ['GET', expected.target, expected.status], about)
  // Times of a second's accuracy begin at most a second earlier.
  assert.ok(event.time >= started - 1500 && event.time <= ended + 1, about)
  assert.equal(event.user_agent_original.replace('\uFFFD', '\xE9'), agent, about)
  if (name === 'combined') return assert.deepEqual([event.duration_ms, event.attempts, event.response_source], [null, null, ''], about)
  assert.equal(event.event_id, event.request_id, about)
  assert.ok(event.duration_ms !== null && event.duration_ms >= (expected.target.startsWith('/slow') ? 100 : 0) && event.duration_ms <= ended - started + 1, about)
  const hasHeaderTime = name !== 'none'
  assert.deepEqual([event.upstream_status, event.attempts], [expected.upstream, expected.attempts], about)
  if (hasHeaderTime || expected.status !== 502) assert.equal(event.response_source, expected.source, about)
  if (name === 'custom' || name === 'json') {
    assert.deepEqual([event.host, event.rate_limited], ['api.example.com', expected.target === '/few/2'], about)
    assert.equal(event.upstream_ms === null, expected.attempts === 0, about)
    assert.equal(event.upstream_address === '', expected.attempts === 0, about)
  }
}

function linesOf (name: string): string[] {
  return readFileSync(join(folder, `${name}.log`), 'latin1').split('\n').filter((line) => line !== '' && !line.includes('/own/ready'))
}

function isProbe ({ target }: AccessEvent): boolean {
  return target !== '/own/ready'
}

function decode (log: Buffer, format: unknown): AccessEvent[] {
  const { records } = cutLines(log, { offset: 0, maxRecords: Infinity, maxBytes: 1024 * 1024, final: true })
  const { events, rejects } = decodeRecords(records, 'access.log', createDecoder(formatSchema.parse(format)), { events: [], rejects: [] })
  assert.deepEqual(rejects, [])
  return events
}

async function get (target: string): Promise<number> {
  const call = request({ host: '127.0.0.1', port, path: target, headers: { host: 'api.example.com', 'user-agent': agent } })
  call.end()
  const [response] = await once(call, 'response') as [{ statusCode: number, resume (): void }]
  response.resume()
  return response.statusCode
}

async function raw (bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.end(bytes)
  socket.resume()
  await once(socket, 'close')
}
