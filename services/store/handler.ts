import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../runtime/log.ts'
import { messageOf } from '../runtime/errors.ts'
import { sendException, setCommonHeaders, setFormatHeaders, setSummary } from './answer.ts'
import { receive } from './body.ts'
import type { Data } from './body.ts'
import { answerEncoding } from './encoding.ts'
import type { Connection, Engine, Outcome } from './engine.ts'
import { StoreException } from './exception.ts'
import { outputFormat } from './formats.ts'
import { insertData, ownSettings } from './insert.ts'
import { readMultipart } from './multipart.ts'
import { refusalOfOrigin } from './origin.ts'
import { createPool, poolKey } from './pool.ts'
import { bind, prepare } from './prepare.ts'
import type { Preparation, ReadOnly } from './prepare.ts'
import { readRequest } from './request.ts'
import type { StoreRequest } from './request.ts'
import { sendRows, whenAbandoned } from './rows.ts'
import { select } from './select.ts'
import type { Result } from './select.ts'
import { createSessions } from './sessions.ts'
import type { Spool } from './spool.ts'
import type { Output, Statement } from './statement.ts'
import { authenticate } from './users.ts'
import type { User } from './users.ts'

export interface HandlerParts {
  engine: Engine
  spool: Spool
  users: readonly User[]
  /** Host names and addresses, besides loopback, that this store is called by; lower case. */
  names: ReadonlySet<string>
  settings: Record<string, string | number | boolean>
  log: Logger
}

export interface StoreHandler {
  handle (message: IncomingMessage, response: ServerResponse): void
  close (): void
}

type Session = NonNullable<StoreRequest['session']>

/** One query on its way. */
interface Job {
  statement: Statement
  data: Data | undefined
  /** Settings of this INSERT alone. */
  own: Record<string, string>
  user: User
  request: StoreRequest
  preparation: Preparation
  message: IncomingMessage
  response: ServerResponse
}

/** Commands that change nothing but the connection. */
const harmless = new Set(['SET', 'USE'])

/** Answers the paths of the ClickHouse HTTP interface. */
export function createHandler (parts: HandlerParts): StoreHandler {
  const { engine, spool, log } = parts
  const sessions = createSessions(engine.connect)
  const pool = createPool()

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refusalOfOrigin(message, parts.names)
    if (refusal !== undefined) throw new StoreException('ACCESS_DENIED', refusal)
    const path = new URL(message.url ?? '/', 'http://store').pathname
    if (path === '/ping' || path === '/replicas_status') return sendText(response, 200, 'Ok.\n')
    if (path !== '/' && path !== '/query') return sendText(response, 404, `There is no handle ${path}\n\nUse / or /ping for health checks.\nSend queries from your program with POST method or GET /?query=...\n`)
    if (message.method === 'OPTIONS') return sendText(response, 204, '')
    const early = readRequest(message)
    setCommonHeaders(response, { queryId: early.queryId, timezone: engine.timezone })
    const user = authenticate(parts.users, early.credentials)
    if (early.isRead && early.query === '') return sendText(response, 200, 'Ok.\n')
    await answer(message, response, user)
  }

  const answer = async (message: IncomingMessage, response: ServerResponse, user: User): Promise<void> => {
    const multipart = await readMultipart(message)
    const request = readRequest(message, multipart)
    const { statement, data } = await receive(message, request, spool, engine.inflate)
    try {
      const [own, settings] = statement.kind === 'insert' ? ownSettings(request.settings) : [{}, request.settings]
      const readOnly = permit(statement, request, user)
      const preparation = { request: { ...request, settings }, defaults: parts.settings, tables: multipart?.tables ?? [], readOnly }
      const job = { statement, data, own, user, request, preparation, message, response }
      await (statement.kind === 'output' ? answerRows(job, statement) : answerCommand(job))
    } finally {
      if (data !== undefined) await spool.discard(data.path)
    }
  }

  /** Runs work on a connection of the request: when the promise settles, slot and connection are free again. */
  const onConnection = async <T>(job: Job, work: (connection: Connection) => Promise<T>): Promise<T> =>
    await engine.exclusively(job.statement.kind === 'output' ? 'read' : 'write', async () =>
      await (job.request.session === undefined ? onPooled(job, work) : onSession(job, job.request.session, work)))

  const onSession = async <T>(job: Job, session: Session, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const { user, preparation, request } = job
    const { connection, release } = sessions.lease(user.name, session)
    try {
      // The setting could not be taken back for the session's next query; `permit` stands alone there.
      await prepare(connection, { ...preparation, readOnly: 0 }, spool)
      await bind(connection, request.params)
      return await work(connection)
    } finally {
      release()
    }
  }

  const onPooled = async <T>({ statement, preparation, request }: Job, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const key = poolKey(statement, preparation)
    const pooled = key === undefined ? undefined : pool.take(key)
    const connection = pooled ?? engine.connect()
    let isClean = false
    try {
      if (pooled === undefined) await prepare(connection, preparation, spool)
      await bind(connection, request.params)
      isClean = true
      return await work(connection)
    } finally {
      if (key !== undefined && isClean) pool.keep(key, connection)
      else connection.close()
    }
  }

  const answerCommand = async (job: Job): Promise<void> => {
    const { statement, data, own, request, response } = job
    const format = outputFormat(undefined, request)
    const outcome = await onConnection(job, async (connection): Promise<Outcome> => {
      if (statement.kind === 'insert' && data !== undefined) return await insertData(connection, statement, data, own)
      return await connection.run(statement.kind === 'command' ? statement.text : '', format)
    })
    setSummary(response, outcome, statement.kind === 'insert' ? 'written' : 'read')
    if (outcome.output.length > 0) setFormatHeaders(response, format, 'none')
    response.setHeader('Content-Length', outcome.output.length)
    response.writeHead(200).end(outcome.output)
  }

  const answerRows = async (job: Job, output: Output): Promise<void> => {
    const { request, message, response } = job
    const format = outputFormat(output, request)
    const encoding = request.settings.enable_http_compression === '1' ? answerEncoding(message.headers['accept-encoding']) : 'none'
    const path = spool.path()
    let released: Promise<void> | undefined
    try {
      const result = await new Promise<Result>((resolve, reject) => {
        released = onConnection(job, async (connection) => {
          const cancel = (): void => { engine.cancel(path) }
          const started = select(connection, output.text, { path, encoding, format, cancel })
          whenAbandoned(response, cancel)
          resolve(started)
          await started.done
        }).catch(reject)
      })
      const { compress: framed, waitEndOfQuery: wait } = request
      await sendRows(response, { result, format, encoding, framed, wait, released: released ?? Promise.resolve(), version: engine.version })
    } finally {
      await released
      await spool.discard(path)
    }
  }

  return {
    handle: (message, response) => {
      handle(message, response).catch((error: unknown) => {
        if (!(error instanceof StoreException) && !message.destroyed) log.warn({ error: messageOf(error) }, 'request failed')
        if (response.headersSent || response.destroyed) response.destroy()
        else sendException(response, toException(error), engine.version)
      })
    },
    close: () => {
      sessions.close()
      pool.close()
    },
  }
}

/** Refuses what the user or the method may not do, and gives the engine's own level of `readonly`. */
function permit (statement: Statement, request: StoreRequest, user: User): ReadOnly {
  if (!user.read_only && !request.isRead && !request.readOnly) return 0
  if (statement.kind !== 'output' && !(statement.kind === 'command' && harmless.has(statement.keyword))) {
    const hint = request.isRead ? ' For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries.' : ''
    throw new StoreException('READONLY', `${user.name}: Cannot execute query in readonly mode.${hint}`)
  }
  return user.read_only ? 1 : 2
}

function toException (error: unknown): StoreException {
  return error instanceof StoreException ? error : new StoreException('UNKNOWN_EXCEPTION', messageOf(error))
}

function sendText (response: ServerResponse, status: number, text: string): void {
  const length = text === '' ? {} : { 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', ...length }).end(text)
}
