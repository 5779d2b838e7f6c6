import { statSync } from 'node:fs'
import type { Server, ServerOptions } from 'node:http'
import { dirname, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import ipaddr from 'ipaddr.js'
import { readGatewayFiles } from './files.ts'
import { GatelensError, messageOf, systemCode } from '../runtime/errors.ts'
import { listen, sendJson } from '../runtime/http.ts'
import type { Listener } from '../runtime/http.ts'
import type { Logger } from '../runtime/log.ts'
import { createBalancer } from './balancer.ts'
import { createChains } from './chain.ts'
import { resolveReading } from './entities.ts'
import type { Entities } from './entities.ts'
import { createHandler } from './handler.ts'
import type { Counters, GatewayHandler, Tracing } from './handler.ts'
import { createHealth } from './health.ts'
import type { Monitor } from './health.ts'
import { randomHex } from './ids.ts'
import { LogFile } from './log-file.ts'
import type { LogFileStats } from './log-file.ts'
import { createPools } from './pools.ts'
import type { Pools } from './pools.ts'
import { messages, rawResponse } from './respond.ts'
import { createRouter } from './router.ts'
import { sparing } from './sparing.ts'

export interface GatewayOptions {
  /** Declarative configurations (`kong.yml`): files, folders or globs, taken together. */
  config: string | readonly string[]
  host: string
  /** 0 picks a free one. */
  port: number
  log: Logger
  /** Serves `/livez`, `/readyz` and `/status` on the same host when given; 0 picks a free port. */
  adminPort?: number
  /** `start` by default. */
  tracing?: Tracing
  /** Addresses or networks (CIDR) of proxies in front, whose `X-Forwarded-*` and `X-Real-IP` are believed; none by default. */
  trustedAddresses?: string[]
  /** Bytes of access log that may wait for the disk, for each file. */
  logBound?: number
  /** How long a client may pause while it sends or reads a body, ms; one minute by default. */
  clientTimeout?: number
}

export interface GatewayStats extends Counters {
  logs: LogFileStats[]
}

export interface Gateway {
  url: string
  /** Address of the status listener, '' when there is none. */
  statusUrl: string
  stats (): GatewayStats
  /** Stops accepting, lets running requests end for at most `graceMs`, writes the access logs out. */
  close (graceMs?: number): Promise<void>
}

/**
 * Starts the embedded gateway: Kong's declarative configuration in, requests through, one access-log record each. Throws
 * CONFIG_NOT_FOUND, CONFIG_SYNTAX, CONFIG_VARIABLE, CONFIG_INVALID, PORT_IN_USE or FOLDER_UNUSABLE.
 */
export async function startGateway (options: GatewayOptions): Promise<Gateway> {
  const entities = resolveReading(await readGatewayFiles([options.config].flat()), Math.floor(Date.now() / 1000))
  const trusts = trustOf(options.trustedAddresses ?? [])
  const logs = new Map<string, LogFile>()
  const upstreams = [...entities.upstreams.values()]
  const monitors = new Map<string, Monitor>(upstreams.map((upstream) => [upstream.name, createHealth(upstream, options.log)]))
  const pools = createPools()
  const release = async (): Promise<void> => { await shut(monitors, pools, logs) }
  try {
    const handler = assemble(options, entities, trusts, { logs, monitors, pools })
    const listener = await listen(options, handler.handle, serverOptions)
    // Node's own bound leaves out what is past it, without a word; the handler refuses the request instead.
    listener.server.maxHeadersCount = 0
    guard(listener.server, handler, options.log)
    return await present(options, listener, handler, logs, release)
  } catch (error) {
    await release()
    throw error
  }
}

/** Limits of nginx as Kong ships it; a body may take as long as it moves. */
const serverOptions: ServerOptions = {
  maxHeaderSize: 32 * 1024, requireHostHeader: false, keepAliveTimeout: 65_000, headersTimeout: 60_000, requestTimeout: 0,
}

interface Resources {
  logs: Map<string, LogFile>
  monitors: Map<string, Monitor>
  pools: Pools
}

function assemble (options: GatewayOptions, entities: Entities, trusts: Trust, resources: Resources): GatewayHandler {
  const { log } = options
  const openLog = (given: string, reopen: boolean): LogFile => {
    const path = given.startsWith('/dev/') ? given : resolve(folderOf([options.config].flat()[0] ?? ''), given)
    const file = resources.logs.get(path) ?? new LogFile({ path, reopen, log, bound: options.logBound })
    resources.logs.set(path, file)
    return file
  }
  const balancers = new Map([...entities.upstreams.values()].flatMap((upstream) => {
    const monitor = resources.monitors.get(upstream.name)
    return monitor === undefined ? [] : [[upstream.name, createBalancer(upstream, monitor)] as const]
  }))
  return createHandler({
    router: createRouter(entities.routes),
    chains: createChains(entities.plugins, entities.routes, { entities, log, openLog }),
    proxyParts: { pools: resources.pools, balancers, warn: sparing(log), clientTimeout: options.clientTimeout ?? 60_000 },
    tracing: options.tracing ?? 'start',
    trusts,
    log,
  })
}

async function present (
  options: GatewayOptions, listener: Listener, handler: GatewayHandler, logs: Map<string, LogFile>, release: () => Promise<void>
): Promise<Gateway> {
  let ready = true
  const stats = (): GatewayStats => ({ ...handler.counters, logs: [...logs.values()].map((file) => file.stats()) })
  const status = options.adminPort === undefined
    ? undefined
    : await serveStatus({ host: options.host, port: options.adminPort }, () => ready, stats).catch(async (error: unknown) => {
      await listener.close(0)
      throw error
    })
  return {
    url: listener.url,
    statusUrl: status?.url ?? '',
    stats,
    close: async (graceMs = 10_000) => {
      ready = false
      handler.drain(() => listener.server.closeIdleConnections())
      await listener.close(graceMs)
      await handler.settle()
      await release()
      await status?.close(0)
    },
  }
}

async function serveStatus (address: { host: string, port: number }, ready: () => boolean, stats: () => GatewayStats): Promise<Listener> {
  return await listen(address, (request, response) => {
    if (request.url === '/livez') sendJson(response, 200, { status: 'live' })
    else if (request.url === '/readyz') sendJson(response, ready() ? 200 : 503, { status: ready() ? 'ready' : 'draining' })
    else if (request.url === '/status') sendJson(response, 200, stats())
    else sendJson(response, 404, { message: 'not found; there are /livez, /readyz and /status' })
  })
}

/** What never becomes a request: broken bytes, headers past the limit, CONNECT, clients that fall silent. */
function guard (server: Server, handler: GatewayHandler, log: Logger): void {
  server.on('clientError', (error: Error, socket: Duplex) => {
    const code = systemCode(error)
    if (code === 'ECONNRESET' || !socket.writable || handler.busy(socket)) return socket.destroy()
    handler.counters.malformed++
    log.debug({ reason: code }, 'a client sent something other than HTTP')
    const [status, message] = refusals.get(code) ?? [400, messages[400]]
    socket.end(rawResponse(status, message, randomHex(16)))
  })
  // Node would answer 417 by itself; an expectation that nobody knows may be ignored (RFC 9110 §10.1.1), as nginx does.
  server.on('checkExpectation', handler.handle)
  server.on('connect', (_request, socket: Duplex) => {
    handler.counters.malformed++
    socket.on('error', () => socket.destroy())
    socket.end(rawResponse(405, messages[405], randomHex(16)))
  })
}

/** Answers to what Node's parser takes for no request; the rest is a bad one. */
const refusals = new Map<string, [number, string]>([
  ['HPE_HEADER_OVERFLOW', [400, messages[494]]],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, messages[408]]],
  ['HPE_INVALID_VERSION', [505, messages[505]]],
  ['HPE_PAUSED_H2_UPGRADE', [505, messages[505]]],
])

type Trust = (address: string) => boolean

function trustOf (networks: string[]): Trust {
  const ranges = networks.map((network) => {
    try {
      return network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.parse(network), network.includes(':') ? 128 : 32] as const
    } catch (error) {
      throw new GatelensError('CONFIG_INVALID', `"${network}" is not an address or network: ${messageOf(error)}`, { where: 'trusted addresses' })
    }
  })
  if (ranges.length === 0) return () => false
  return (address) => {
    if (!ipaddr.isValid(address)) return false
    const parsed = ipaddr.process(address)
    return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))
  }
}

async function shut (monitors: Map<string, Monitor>, pools: Pools, logs: Map<string, LogFile>): Promise<void> {
  await Promise.all([...monitors.values()].map((monitor) => monitor.close()))
  await pools.destroy()
  await Promise.all([...logs.values()].map((file) => file.close()))
}

/** Paths of a configuration start from the folder of its first file, or from the folder that was named. */
function folderOf (config: string): string {
  return statSync(config, { throwIfNoEntry: false })?.isDirectory() === true ? config : dirname(config)
}
