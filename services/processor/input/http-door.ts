/** Where senders come in: connections, requests and their answers. */
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { GatelensError, systemCode } from '../../runtime/errors.ts'
import { listen, sendJson } from '../../runtime/http.ts'
import type { ListenOptions } from '../../runtime/http.ts'
import { parseAddress } from '../../runtime/units.ts'
import { cuttingOf } from '../framing.ts'
import type { Cutting } from '../framing.ts'
import type { InputContext } from './definition.ts'
import { busy, readBody, Room } from './http-body.ts'
import { checkHead } from './http-check.ts'
import type { HttpInputOptions } from './http-options.ts'
import { createBody } from './http-queue.ts'
import type { Body } from './http-queue.ts'
import { rawRefusal, RefusedError, sendRefusal } from './http-refusal.ts'
import type { Refusal } from './http-refusal.ts'
import { tlsOptions, wrongTls } from './listener-tls.ts'

/** What the http input uses of its processor. */
export type HttpContext = Pick<InputContext, 'signal' | 'telemetry' | 'readiness' | 'lag' | 'log' | 'recall'>

/** The listener of an input. */
export interface Door {
  /** Takes bodies from now on; before that, senders are told to come again. */
  open (): void
  /** Takes no more. What waits for its answer still gets it within some seconds; or never, with `atOnce`. */
  close (atOnce: boolean): void
}

/** How long, when the input ends, answers may take, ms. */
const graceMs = 5000

/** Listens, and gives every body that is read to `add`, which answers it through the body. Throws PORT_IN_USE and CONFIG_INVALID. */
export async function openDoor (options: HttpInputOptions, context: HttpContext, add: (body: Body) => void): Promise<Door> {
  const { log } = context
  const reception = new Reception(options, context, add)
  const address = parseAddress(options.listen)!
  const listener = await listen(address, (request, response) => { reception.take(request, response, false) }, settingsOf(options))
    .catch((error: unknown) => { throw error instanceof GatelensError ? error : wrongTls(options.name, error) })
  const server: Server = listener.server
  server.maxConnections = options.max_connections
  // A sender that closes its half behind its request waits for the answer; Node would end the connection. Its types lack the property.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => { reception.take(request, response, true) })
  server.on('clientError', refuseConnection)
  if (options.token === undefined && options.tls?.client_ca === undefined && !/^(?:127\.|::1$|localhost$)/.test(listener.host)) {
    log.warn({ input: options.name, url: listener.url }, 'whoever reaches this address may send records; give the input a token')
  }
  log.info({ input: options.name, url: listener.url }, 'input listens')
  return {
    open: () => { reception.state = 'open' },
    close: (atOnce) => {
      reception.state = 'ending'
      listener.close(atOnce ? 0 : graceMs).catch(() => {})
      if (atOnce) server.closeAllConnections()
    },
  }
}

function settingsOf ({ timeout, tls }: HttpInputOptions): ListenOptions {
  return {
    requestTimeout: timeout,
    headersTimeout: Math.min(timeout, 10_000),
    connectionsCheckingInterval: Math.min(1000, timeout),
    tls: tls && tlsOptions(tls, timeout),
  }
}

/** Takes requests in, and holds what of them waits within its bounds. */
class Reception {
  state: 'starting' | 'open' | 'ending' = 'starting'
  readonly #options: HttpInputOptions
  readonly #cutting: Cutting
  readonly #context: Pick<HttpContext, 'telemetry' | 'readiness'>
  readonly #add: (body: Body) => void
  readonly #room: Room

  constructor (options: HttpInputOptions, context: Pick<HttpContext, 'telemetry' | 'readiness'>, add: (body: Body) => void) {
    this.#options = options
    this.#cutting = cuttingOf(options.framing, options.max_record_bytes)
    this.#context = context
    this.#add = add
    this.#room = new Room(options.max_waiting_bytes)
    this.#tell()
  }

  /** Takes one request, and answers it at once or when its records are stored; never throws. */
  take (request: IncomingMessage, response: ServerResponse, isExpecting: boolean): void {
    const { name: input, token, max_body_bytes: maxBytes } = this.#options
    response.on('error', () => {})
    response.once('finish', () => { this.#context.telemetry.add('gatelens_input_requests_total', { input, status: String(response.statusCode) }, 1) })
    const verdict = checkHead(request, { token, maxBytes })
    const refusal = 'refusal' in verdict ? verdict.refusal : this.#refuseState()
    if (refusal !== undefined) return sendRefusal(request, response, refusal)
    if (isExpecting) response.writeContinue()
    this.#read(request, response, 'coding' in verdict ? verdict.coding : 'identity').catch((error: unknown) => {
      if (error instanceof RefusedError) sendRefusal(request, response, error.refusal)
      else response.destroy()
    })
  }

  async #read (request: IncomingMessage, response: ServerResponse, coding: string): Promise<void> {
    const { max_body_bytes: maxBytes, max_inflated_bytes: maxInflated } = this.#options
    const share = this.#room.share()
    const release = (): void => {
      share.giveAll()
      this.#tell()
    }
    try {
      const content = await readBody(request, coding, { maxBytes, maxInflated }, share)
      const key = String(request.headers['idempotency-key'] ?? '')
      const body = createBody(content, key, this.#cutting, {
        stored: () => {
          release()
          sendJson(response, 200, body.counts)
        },
        dropped: () => {
          release()
          sendRefusal(request, response, ending)
        },
      })
      if (body.records.length + body.tooLong.length === 0) body.stored()
      else if (this.state === 'ending') body.dropped()
      else this.#add(body)
      this.#tell()
    } catch (error) {
      release()
      throw error
    }
  }

  #refuseState (): Refusal | undefined {
    if (this.state === 'open') return undefined
    return this.state === 'ending' ? ending : starting
  }

  #tell (): void {
    this.#context.readiness.input(this.#options.name, { lag_bytes: this.#room.taken })
  }
}

const starting = busy('the input does not know yet what is stored already; it waits for the store', 'input')
const ending = busy('the input ends', 'input')

/** Answers one who sent no request that can be read, or took too long for it. */
function refuseConnection (error: Error, socket: Socket): void {
  const code = systemCode(error)
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, what] = code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? [408, 'the request took longer to come in than this input allows (timeout)'] as const
    : code === 'HPE_HEADER_OVERFLOW' ? [431, 'the headers are longer than is understood here'] as const : [400, 'this is no HTTP/1.1 request'] as const
  socket.end(rawRefusal({ status, code: 'REQUEST_INVALID', what, where: 'connection' }, STATUS_CODES[status] ?? ''), () => socket.destroy())
}
