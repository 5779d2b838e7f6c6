/**
 * What the embedded gateway costs: throughput for one core and added latency, with key-auth, rate-limiting and file-log,
 * against the same without the log and against the upstream alone. Upstream, gateway and load run in processes of their
 * own; the gateway's own processor time is what counts, because the load shares the machine.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway } from '../../services/gateway/gateway.ts'
import { createLog } from '../../services/runtime/log.ts'

const seconds = Number(process.env.GATELENS_BENCH_SECONDS ?? 4)
const connections = 64
const body = JSON.stringify({ id: '8f14e45f-ceea-467f-a0e6-3f1c2b9d7a10', items: Array.from({ length: 20 }, (_, sku) => ({ sku, count: 1 })), end: 'END' })
const [, file = '', role, argument = ''] = process.argv

interface Usage { user: number, system: number, rss: number }
interface Result { requests: number, seconds: number, latencies: number[] }

if (role === 'upstream') await upstream()
else if (role === 'gateway') await gateway(argument)
else await compare()

async function upstream (): Promise<void> {
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-service': 'orders' }
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => { response.writeHead(200, head).end(body) }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

async function gateway (config: string): Promise<void> {
  const running = await startGateway({ config, host: '127.0.0.1', port: 0, log: createLog('gateway', 'error') })
  process.on('message', (message) => {
    if (message === 'usage') process.send?.({ ...process.cpuUsage(), rss: process.memoryUsage.rss() } satisfies Usage)
    else running.close().then(() => process.exit(0), () => process.exit(1))
  })
  process.send?.(Number(new URL(running.url).port))
}

async function compare (): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatelens-bench-'))
  const { child, port } = await start('upstream', '')
  const variants: Array<[string, string[]]> = [
    ['proxy only', []],
    ['+ key-auth + rate-limiting', ['key-auth', 'rate-limiting']],
    ['+ the same, log to /dev/null', ['key-auth', 'rate-limiting', 'null-log']],
    ['+ key-auth + rate-limiting + file-log', ['key-auth', 'rate-limiting', 'file-log']],
  ]
  const direct = await load(port, 0)
  const paced = Math.round(direct.requests / direct.seconds / 8)
  print('upstream alone', direct, undefined, await load(port, paced))
  for (const [name, plugins] of variants) await measure(name, plugins, port, folder, paced)
  child.kill()
  rmSync(folder, { recursive: true })
}

async function measure (name: string, plugins: string[], upstreamPort: number, folder: string, paced: number): Promise<void> {
  const config = join(folder, 'kong.yml')
  const log = join(folder, 'access.log')
  writeFileSync(config, configOf(upstreamPort, plugins, log))
  const { child, port } = await start('gateway', config)
  await load(port, 0, 1)
  const before = await usage(child)
  const full = await load(port, 0)
  const after = await usage(child)
  const calm = await load(port, paced)
  const cpu = (after.user + after.system - before.user - before.system) / full.requests
  print(name, full, cpu, calm)
  child.send('stop')
  await once(child, 'exit')
  const size = plugins.includes('file-log') ? `, ${(statSync(log).size / 1e6).toFixed(0)} MB of log` : ''
  console.log(`${''.padEnd(40)}resident ${(after.rss / 1024 ** 2).toFixed(0)} MiB${size}`)
}

function configOf (port: number, plugins: string[], log: string): string {
  const configs: Record<string, string> = {
    'key-auth': '{ key_names: [apikey] }',
    'rate-limiting': '{ minute: 100000000, hour: 1000000000 }',
    'file-log': `{ path: "${log}" }`,
    // What the log phase itself costs, without what the disk takes.
    'null-log': '{ path: /dev/null }',
  }
  return `
_format_version: "3.0"
services:
  - { name: orders, url: "http://127.0.0.1:${port}", routes: [{ name: orders, paths: [/v1/orders], strip_path: false }] }
consumers: [{ username: acme, keyauth_credentials: [{ key: bench-key }] }]
plugins: [${plugins.map((plugin) => `{ name: ${plugin.replace('null-', 'file-')}, config: ${configs[plugin]} }`).join(', ')}]
`
}

async function start (wanted: string, config: string): Promise<{ child: ChildProcess, port: number }> {
  const child = fork(file, [wanted, config], { execArgv: ['--max-semi-space-size=32', '--import', 'tsx'] })
  const [port] = await once(child, 'message') as [number]
  return { child, port }
}

async function usage (child: ChildProcess): Promise<Usage> {
  child.send('usage')
  const [figures] = await once(child, 'message') as [Usage]
  return figures
}

/** Sends as much as comes back (`rate` 0), or `rate` requests a second whether or not earlier ones have come back. */
async function load (port: number, rate: number, duration = seconds): Promise<Result> {
  const request = Buffer.from('GET /v1/orders/8f14e45f-ceea-467f-a0e6-3f1c2b9d7a10?expand=items HTTP/1.1\r\nHost: api.example.com\r\n' +
    'User-Agent: acme-erp/4.2.1\r\nAccept: */*\r\napikey: bench-key\r\nAccept-Encoding: gzip\r\n\r\n')
  const latencies: number[] = []
  const free: Socket[] = []
  const begun = performance.now()
  const end = begun + duration * 1000
  const sockets = await Promise.all(Array.from({ length: connections }, async () => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    await once(socket, 'connect')
    return socket
  }))
  const waiting: number[] = []
  const fire = (socket: Socket, due: number): void => {
    starts.set(socket, due)
    socket.write(request)
  }
  const starts = new Map<Socket, number>()
  for (const socket of sockets) {
    socket.on('data', (chunk) => {
      if (!chunk.includes('"END"')) return
      latencies.push(performance.now() - (starts.get(socket) ?? 0))
      const due = waiting.shift()
      if (rate === 0 && performance.now() < end) fire(socket, performance.now())
      else if (due !== undefined) fire(socket, due)
      else free.push(socket)
    })
    if (rate === 0) fire(socket, performance.now())
    else free.push(socket)
  }
  let sent = 0
  while (performance.now() < end) {
    await new Promise((resolve) => { setTimeout(resolve, 1) })
    const due = (performance.now() - begun) * rate / 1000
    for (; sent < due; sent++) {
      const socket = free.pop()
      if (socket === undefined) waiting.push(performance.now())
      else fire(socket, performance.now())
    }
  }
  await new Promise((resolve) => { setTimeout(resolve, 100) })
  for (const socket of sockets) socket.destroy()
  return { requests: latencies.length, seconds: (performance.now() - begun) / 1000, latencies: latencies.sort((a, b) => a - b) }
}

function print (name: string, full: Result, cpu: number | undefined, calm: Result): void {
  const at = (share: number): string => (calm.latencies[Math.floor(calm.latencies.length * share)] ?? 0).toFixed(2)
  const core = cpu === undefined ? '' : `, ${cpu.toFixed(1)} µs of processor a request = ${Math.round(1e6 / cpu)} req/s a core`
  console.log(`${name.padEnd(40)}${Math.round(full.requests / full.seconds)} req/s${core}`)
  console.log(`${''.padEnd(40)}at ${Math.round(calm.requests / calm.seconds)} req/s: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`)
}
