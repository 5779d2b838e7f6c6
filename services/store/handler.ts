import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../runtime/log.ts'
import { messageOf } from '../runtime/errors.ts'
import { pause } from '../runtime/shutdown.ts'
import { sendException, setCommonHeaders, setFormatHeaders, setSummary } from './answer.ts'
import type { Parser } from './authorize/parser.ts'
import type { Output, Rights, Statement } from './authorize/statement.ts'
import { receive } from './body.ts'
import type { Data } from './body.ts'
import { answerEncoding } from './encoding.ts'
import type { Connection, Engine, Outcome } from './engine.ts'
import { StoreException } from './exception.ts'
import { outputFormat } from './formats.ts'
import { insertData, ownSettings } from './insert.ts'
import type { InsertSettings } from './insert.ts'
import { withinLimits } from './limits.ts'
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
import type { Held } from './sessions.ts'
import type { Spool } from './spool.ts'
import { authenticate } from './users.ts'
import type { User } from './users.ts'
import { settingsForValues } from './values.ts'

export interface HandlerParts {
  engine: Engine
  parser: Parser
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
  own: InsertSettings
  user: User
  request: StoreRequest
  preparation: Preparation
  message: IncomingMessage
  response: ServerResponse
}

/** Answers the paths of the ClickHouse HTTP interface. */
export function createHandler (parts: HandlerParts): StoreHandler {
  const { engine, parser, spool, log } = parts
  const sessions = createSessions()
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
    const multipart = await readMultipart(message, spool)
    const paths = (multipart?.tables ?? []).map(({ path }) => path)
    try {
      const request = readRequest(message, multipart)
      const authorize = async (text: string): Promise<Statement> =>
        await parser.read(text, request.params, (rights) => { permit(rights, request, user) })
      const { statement, data } = await receive(message, request, { spool, inflate: engine.inflate, authorize })
      if (data !== undefined) paths.push(data.path)
      const [before, asked] = statement.kind === 'insert' ? ownSettings(request.settings) : [{}, request.settings]
      const isValues = statement.kind === 'insert' && statement.format === 'Values'
      const after = isValues && data !== undefined ? await settingsForValues(data.path, data.size, parser) : {}
      const all = { ...parts.settings, ...asked }
      const settings = statement.kind === 'output' || user.read_only ? withinLimits(all, user) : all
      const preparation = { request, settings, tables: multipart?.tables ?? [], readOnly: readOnlyOf(request, user) }
      const job = { statement, data, own: { before, after }, user, request, preparation, message, response }
      await (statement.kind === 'output' ? answerRows(job, statement) : answerCommand(job))
    } finally {
      await Promise.all(paths.map(async (path) => { await spool.discard(path) }))
    }
  }

  /** Runs work on a connection of the request: when the promise settles, slot and connection are free again. */
  const onConnection = async <T>(job: Job, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const gone = new AbortController()
    whenAbandoned(job.response, () => { gone.abort() })
    const lane = job.statement.kind === 'output' ? 'read' : 'write'
    return await engine.exclusively(lane, job.user.name, async () =>
      await (job.request.session === undefined ? onPooled(job, work) : onSession(job, job.request.session, work)), gone.signal)
  }

  const onSession = async <T>(job: Job, session: Session, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const { user, preparation, request } = job
    const { held, release } = sessions.lease(user.name, session)
    try {
      if (user.read_only) return await onDatabase(job, held, work)
      held.connection ??= engine.connect()
      // The setting could not be taken back for the session's next query; what the statement is was decided before.
      await prepare(held.connection, { ...preparation, readOnly: 0 }, parser)
      await bind(held.connection, request.params)
      return await work(held.connection)
    } finally {
      release()
    }
  }

  /** Of a read-only user's session only the database is kept: the connection is one that forbids to change anything. */
  const onDatabase = async <T>(job: Job, held: Held, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const request = { ...job.request, database: job.request.database ?? held.database }
    return await onPooled({ ...job, preparation: { ...job.preparation, request } }, async (connection) => {
      const done = await work(connection)
      if (job.statement.kind === 'command') held.database = await currentDatabase(connection)
      return done
    })
  }

  const onPooled = async <T>({ statement, preparation, request }: Job, work: (connection: Connection) => Promise<T>): Promise<T> => {
    const key = poolKey(statement, preparation)
    const pooled = key === undefined ? undefined : pool.take(key)
    const connection = pooled ?? engine.connect()
    let isClean = false
    try {
      if (pooled === undefined) await prepare(connection, preparation, parser)
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
    const format = outputFormat(undefined, request, parser.registry)
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
    const format = outputFormat(output.format, request, parser.registry)
    // Native blocks of another revision are made of the engine's: it must not compress them.
    const isRevised = format === 'Native' && request.revision > 0
    const encoding = !isRevised && request.settings.enable_http_compression === '1' ? answerEncoding(message.headers['accept-encoding']) : 'none'
    const path = spool.path()
    let released: Promise<void> | undefined
    try {
      const result = await new Promise<Result>((resolve, reject) => {
        released = onConnection(job, async (connection) => {
          let ended = false
          const cancel = (): void => { stop(async () => { await engine.cancel(path) }, () => ended).catch(() => {}) }
          const started = select(connection, output.text, { path, encoding, format, cancel })
          const end = (): void => { ended = true }
          started.done.then(end, end)
          whenAbandoned(response, cancel)
          resolve(started)
          await started.done
        }).catch(reject)
      })
      const { compress: framed, waitEndOfQuery: wait, revision } = request
      const form = { format, encoding, framed, revision, wait, version: engine.version }
      await sendRows(response, { ...form, result, released: released ?? Promise.resolve() })
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

/** Refuses what the user or the method may not do. */
function permit (rights: Rights, request: StoreRequest, user: User): void {
  if (rights !== 'write' || (!user.read_only && !request.isRead && !request.readOnly)) return
  const hint = request.isRead ? ' For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries.' : ''
  throw new StoreException('READONLY', `${user.name}: Cannot execute query in readonly mode.${hint}`)
}

/** The engine's own level of `readonly`. */
function readOnlyOf (request: StoreRequest, user: User): ReadOnly {
  if (user.read_only) return 1
  return request.isRead || request.readOnly ? 2 : 0
}

/** Asks until it has ended: a query that is not yet known to the engine, or is between two blocks, does not hear it. */
async function stop (ask: () => Promise<void>, hasEnded: () => boolean): Promise<void> {
  while (!hasEnded()) {
    await ask().catch(() => {})
    await pause(200)
  }
}

async function currentDatabase (connection: Connection): Promise<string> {
  return Buffer.from((await connection.run('SELECT currentDatabase()', 'TSVRaw')).output).toString().trimEnd()
}

function toException (error: unknown): StoreException {
  return error instanceof StoreException ? error : new StoreException('UNKNOWN_EXCEPTION', messageOf(error))
}

function sendText (response: ServerResponse, status: number, text: string): void {
  const length = text === '' ? {} : { 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', ...length }).end(text)
}
