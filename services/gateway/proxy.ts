import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { messageOf, systemCode } from '../runtime/errors.ts'
import type { Balancer, Outcome } from './balancer.ts'
import type { Service, Target } from './entity.ts'
import type { Exchange, Try } from './exchange.ts'
import { upstreamHeaders } from './headers.ts'
import type { Origin, Pools } from './pools.ts'
import { cut, messages, relayHead, respond } from './respond.ts'
import type { Warn } from './sparing.ts'

export interface ProxyParts {
  pools: Pools
  balancers: ReadonlyMap<string, Balancer>
  warn: Warn
  /** How long a client may pause while it sends a body, ms. */
  clientTimeout: number
}

/**
 * Sends the request to the service and streams its response back, with back-pressure in both directions. An attempt that
 * failed before any of the request's body was read is repeated on the next target, up to the service's `retries`, when
 * that is safe: the connection could not be made, or it broke on an idempotent request before a response began.
 */
export function proxy (exchange: Exchange, service: Service, parts: ProxyParts): void {
  const call = new Call(exchange, service, parts)
  exchange.proxied = true
  exchange.stop = () => call.abandon()
  call.attempt()
}

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])
const bodiless = new Set([204, 205, 304])
const notConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])
const unresolved = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'])

/** What is being waited for: a connection, the client's body, room for it upstream, the upstream's answer, the client to read. */
type Phase = 'connect' | 'client' | 'write' | 'read' | 'stalled'

/** One request on its way through one or more attempts. */
class Call {
  readonly #exchange: Exchange
  readonly #service: Service
  readonly #parts: ProxyParts
  readonly #balancer: Balancer | undefined
  readonly #tried = new Set<Target>()
  readonly #hasBody: boolean
  #target: Target | undefined
  #origin: Origin | undefined
  #controller: Dispatcher.DispatchController | undefined
  #timer: NodeJS.Timeout | undefined
  #timerMs = 0
  #phase: Phase = 'connect'
  #bodyTouched = false
  #sent = false
  #over = false
  /** Changes when an attempt is given up, so that a late word from it is not taken for the next one's. */
  #generation = 0

  constructor (exchange: Exchange, service: Service, parts: ProxyParts) {
    this.#exchange = exchange
    this.#service = service
    this.#parts = parts
    this.#balancer = parts.balancers.get(service.host)
    const { headers } = exchange.request
    this.#hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  }

  attempt (): void {
    const begun = performance.now()
    const target = this.#balancer === undefined
      ? { host: this.#service.host, port: this.#service.port, weight: 1 }
      : this.#balancer.next(this.#tried)
    if (target === undefined) return this.#refuseUntried('failure to get a peer from the ring-balancer')
    this.#target = target
    this.#tried.add(target)
    this.#origin = this.#parts.pools.origin(this.#service, target)
    const attempt: Try = { ip: target.host, port: target.port, balancer_start: Date.now(), balancer_latency: 0 }
    this.#exchange.tries.push(attempt)
    this.#exchange.balanced = performance.now()
    attempt.balancer_latency = this.#exchange.balanced - begun
    this.#phase = 'connect'
    this.#sent = false
    this.#arm(this.#service.connectTimeout)
    this.#dispatch(target, this.#origin)
  }

  #dispatch (target: Target, origin: Origin): void {
    const generation = this.#generation
    const current = (): boolean => generation === this.#generation && !this.#over
    try {
      origin.pool.dispatch({
        path: this.#exchange.upstreamUri,
        method: this.#exchange.method as Dispatcher.HttpMethod,
        headers: upstreamHeaders(this.#exchange, this.#hostOf(target)),
        body: this.#hasBody ? this.#body() as unknown as Readable : null,
      }, {
        onRequestStart: (controller) => current() ? this.#start(controller) : controller.abort(new Error('given up')),
        onResponseStart: (controller, status, _headers, reason) => { if (current()) this.#head(controller, status, reason ?? '') },
        onResponseData: (controller, chunk) => { if (current()) this.#data(controller, chunk) },
        onResponseEnd: () => { if (current()) this.#end() },
        onResponseError: (_controller, error) => { if (current()) this.#fail(error) },
      })
    } catch (error) {
      if (current()) this.#fail(error)
    }
  }

  #hostOf (target: Target): string {
    if (this.#exchange.route?.entry.preserve_host === true && this.#exchange.arrival.host !== '') return this.#exchange.arrival.authority
    const name = this.#balancer?.upstream.hostHeader || (target.host.includes(':') ? `[${target.host}]` : target.host)
    const usual = this.#service.protocol === 'https' ? 443 : 80
    return target.port === usual ? name : `${name}:${target.port}`
  }

  /** Reads the client's body as fast as the upstream takes it; untouched as long as there is no connection. */
  async * #body (): AsyncGenerator<Buffer> {
    this.#bodyTouched = true
    const { request } = this.#exchange
    this.#wait('client', this.#parts.clientTimeout)
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer
      this.#exchange.requestBodyBytes += bytes.length
      this.#wait('write', this.#service.writeTimeout)
      yield bytes
      this.#wait('client', this.#parts.clientTimeout)
    }
    this.#wait('read', this.#service.readTimeout)
  }

  #start (controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sent = true
    const attempt = this.#exchange.tries.at(-1)
    if (attempt !== undefined && this.#origin !== undefined && this.#origin.address !== '') attempt.ip = this.#origin.address
    if (!this.#hasBody) this.#wait('read', this.#service.readTimeout)
  }

  #head (controller: Dispatcher.DispatchController, status: number, reason: string): void {
    this.#arm(this.#service.readTimeout)
    if (status < 200) return
    this.#exchange.upstreamStatuses.push(status)
    this.#report(status)
    const raw = Array.isArray(controller.rawHeaders) ? controller.rawHeaders as Buffer[] : []
    try {
      relayHead(this.#exchange, status, reason, raw)
    } catch (error) {
      this.#parts.warn({ service: this.#service.name, reason: messageOf(error) }, 'an upstream response has headers that cannot be passed on')
      this.#finish()
      controller.abort(new Error('unusable response'))
      respond(this.#exchange, { status: 502, message: messages[502] })
    }
  }

  #data (controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#arm(this.#service.readTimeout)
    if (this.#exchange.response.write(chunk)) return
    controller.pause()
    this.#wait('stalled', this.#parts.clientTimeout)
    this.#exchange.response.once('drain', () => {
      if (this.#over) return
      this.#wait('read', this.#service.readTimeout)
      controller.resume()
    })
  }

  #end (): void {
    this.#finish()
    this.#exchange.response.end()
  }

  /** The client has gone, or the response is complete: nothing more is wanted of the upstream. */
  abandon (): void {
    if (this.#over) return
    this.#finish()
    this.#controller?.abort(new Error('client closed request'))
  }

  #wait (phase: Phase, ms: number): void {
    this.#phase = phase
    this.#arm(ms)
  }

  #arm (ms: number): void {
    if (this.#timer !== undefined && ms === this.#timerMs) {
      this.#timer.refresh()
      return
    }
    clearTimeout(this.#timer)
    this.#timerMs = ms
    this.#timer = setTimeout(() => this.#timeout(), ms)
  }

  #disarm (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #timeout (): void {
    if (this.#over) return
    this.#timer = undefined
    if (this.#phase === 'client' || this.#phase === 'stalled') return this.#dismiss()
    this.#fail(Object.assign(new Error('timeout'), { code: 'GATEWAY_TIMEOUT' }))
  }

  /** The client neither sends nor reads any more. */
  #dismiss (): void {
    this.#finish()
    this.#controller?.abort(new Error('client timeout'))
    if (this.#exchange.response.headersSent) cut(this.#exchange.response)
    else respond(this.#exchange, { status: 408, message: messages[408], headers: { Connection: 'close' } })
  }

  #fail (error: unknown): void {
    const code = systemCode(error)
    const controller = this.#controller
    this.#controller = undefined
    this.#generation++
    controller?.abort(new Error('given up'))
    if (this.#exchange.response.destroyed || this.#exchange.request.errored !== null) return this.#finish()
    if (this.#exchange.headersAt > 0) {
      // RFC 9110 §8.6: a 304 may tell the length that it does not send; undici takes that for a body that is missing.
      if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && bodiless.has(this.#exchange.status)) return this.#end()
      this.#parts.warn({ service: this.#service.name, reason: messageOf(error) }, 'an upstream response broke off')
      this.#finish()
      return cut(this.#exchange.response)
    }
    if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return this.#refuse(400, messages[400])
    this.#settle(code)
  }

  /** An attempt ended without a response: note it, then try again or give up. */
  #settle (code: string): void {
    const timeout = code === 'GATEWAY_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT'
    const status = timeout ? 504 : 502
    this.#report(timeout ? 'timeout' : 'tcp_failure')
    if (unresolved.has(code) && this.#balancer === undefined) {
      this.#exchange.tries.pop()
      return this.#refuseUntried('name resolution failed')
    }
    this.#exchange.upstreamStatuses.push(status)
    const attempt = this.#exchange.tries.at(-1)
    const exhausted = this.#exchange.tries.length > this.#service.retries
    const again = !exhausted && this.#repeatable(code)
    if (attempt !== undefined && (again || exhausted)) Object.assign(attempt, { state: 'failed', code: status })
    if (again) return this.attempt()
    this.#refuse(status, messages[status])
  }

  #repeatable (code: string): boolean {
    if (this.#bodyTouched) return false
    if (!this.#sent || notConnected.has(code) || unresolved.has(code)) return true
    return code !== 'GATEWAY_TIMEOUT' && idempotent.has(this.#exchange.method)
  }

  #report (outcome: Outcome): void {
    if (this.#target !== undefined) this.#balancer?.health.report(this.#target, outcome)
  }

  /** There is nobody to send to. Without an earlier attempt the request does not count as proxied. */
  #refuseUntried (message: string): void {
    this.#exchange.proxied = this.#exchange.tries.length > 0
    this.#refuse(503, message)
  }

  #refuse (status: number, message: string): void {
    this.#finish()
    respond(this.#exchange, { status, message })
  }

  #finish (): void {
    this.#over = true
    this.#disarm()
  }
}
