import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../runtime/log.ts'
import { messageOf } from '../runtime/errors.ts'
import { createExceptionTag, exceptionTail, sendException, setCommonHeaders, setFormatHeaders, setSummary } from './answer.ts'
import { encodeBlocks } from './blocks.ts'
import { receive } from './body.ts'
import type { Data } from './body.ts'
import { answerEncoding } from './encoding.ts'
import type { Connection, Engine } from './engine.ts'
import { StoreException } from './exception.ts'
import { outputFormat } from './formats.ts'
import { insertData } from './insert.ts'
import { readRequest } from './request.ts'
import type { StoreRequest } from './request.ts'
import { read, ready, select } from './select.ts'
import { createSessions } from './sessions.ts'
import type { Spool } from './spool.ts'
import type { Insert, Output, Statement } from './statement.ts'
import { authenticate } from './users.ts'
import type { User } from './users.ts'

export interface HandlerParts {
  engine: Engine
  spool: Spool
  users: readonly User[]
  settings: Record<string, string | number | boolean>
  log: Logger
}

export interface StoreHandler {
  handle (message: IncomingMessage, response: ServerResponse): void
  close (): void
}

/** What a read-only user, a GET and a HEAD may do. */
const harmless = new Set(['SET', 'USE'])

/** Answers the paths of the ClickHouse HTTP interface. */
export function createHandler (parts: HandlerParts): StoreHandler {
  const { engine, spool, log } = parts
  const sessions = createSessions(engine.connect)

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(message.url ?? '/', 'http://store').pathname
    if (path === '/ping' || path === '/replicas_status') return sendText(response, 200, 'Ok.\n')
    if (path !== '/' && path !== '/query') {
      return sendText(response, 404, `There is no handle ${path}\n\nUse / or /ping for health checks.\nSend queries from your program with POST method or GET /?query=...\n`)
    }
    if (message.method === 'OPTIONS') return sendText(response, 204, '')
    const request = readRequest(message)
    setCommonHeaders(response, { queryId: request.queryId, timezone: engine.timezone })
    const user = authenticate(parts.users, request.credentials)
    if (request.isRead && request.query === '') return sendText(response, 200, 'Ok.\n')
    const { statement, data } = await receive(message, request, spool)
    try {
      const readOnly = permit(statement, request, user)
      await withConnection(user, request, async (connection) => {
        await execute({ connection, statement, data, request, message, response, readOnly })
      })
    } finally {
      if (data !== undefined) await spool.discard(data.path)
    }
  }

  const withConnection = async (user: User, request: StoreRequest, work: (connection: Connection) => Promise<void>): Promise<void> => {
    const lent = request.session === undefined ? undefined : sessions.borrow(user.name, request.session)
    const connection = lent?.connection ?? engine.connect()
    try {
      await work(connection)
    } finally {
      if (lent === undefined) connection.close()
      else lent.giveBack()
    }
  }

  const execute = async (work: Work): Promise<void> => {
    const { statement } = work
    if (statement.kind === 'output') return await answerRows(work, statement)
    const { connection, data, request, response } = work
    const outcome = await engine.exclusively('write', async () => {
      await prepare(work, parts.settings)
      return statement.kind === 'insert' && data !== undefined
        ? await insertData(connection, statement, data)
        : await connection.run(textOf(statement), outputFormat(undefined, request))
    })
    setSummary(response, outcome, statement.kind === 'insert' ? 'written' : 'read')
    if (outcome.output.length > 0) setFormatHeaders(response, outputFormat(undefined, request), 'none')
    response.setHeader('Content-Length', outcome.output.length)
    response.writeHead(200).end(outcome.output)
  }

  const answerRows = async (work: Work, output: Output): Promise<void> => {
    const { connection, request, message, response } = work
    const format = outputFormat(output, request)
    const encoding = request.settings.enable_http_compression === '1' ? answerEncoding(message.headers['accept-encoding']) : 'none'
    const path = spool.path()
    const running = { done: Promise.resolve() }
    try {
      const result = await new Promise<ReturnType<typeof select>>((resolve, reject) => {
        running.done = engine.exclusively('read', async () => {
          await prepare(work, parts.settings)
          const started = select(connection, output.text, { path, encoding, format })
          resolve(started)
          await started.done
        }).catch(reject)
      })
      const outcome = request.waitEndOfQuery ? await result.done : await ready(result)
      setFormatHeaders(response, format, encoding)
      setSummary(response, outcome, 'read')
      const tag = createExceptionTag()
      response.setHeader('X-ClickHouse-Exception-Tag', tag)
      response.writeHead(200)
      try {
        for await (const chunk of request.compress ? encodeBlocks(read(result)) : read(result)) {
          if (response.destroyed) break
          if (!response.write(chunk)) await drained(response)
        }
        response.end()
      } catch (error) {
        if (encoding === 'none' && !request.compress) response.write(exceptionTail(toException(error), engine.version, tag))
        // The last chunk never comes: that is how a client learns, whatever it makes of the text, that the answer is cut.
        response.socket?.destroySoon()
      }
    } finally {
      await running.done
      await spool.discard(path)
    }
  }

  return {
    handle: (message, response) => {
      handle(message, response).catch((error: unknown) => {
        if (!(error instanceof StoreException)) log.warn({ error: messageOf(error) }, 'request failed')
        if (response.headersSent || response.destroyed) response.destroy()
        else sendException(response, toException(error), engine.version)
      })
    },
    close: () => sessions.close(),
  }
}

interface Work {
  connection: Connection
  statement: Statement
  data: Data | undefined
  request: StoreRequest
  message: IncomingMessage
  response: ServerResponse
  /** The engine's `readonly` setting. */
  readOnly: 0 | 1 | 2
}

/** Refuses what the user or the method may not do; the level for the engine's own `readonly` setting. */
function permit (statement: Statement, request: StoreRequest, user: User): 0 | 1 | 2 {
  if (!user.read_only && !request.isRead && !request.readOnly) return 0
  const allowed = statement.kind === 'output' || (statement.kind === 'command' && harmless.has(statement.keyword))
  if (!allowed) throw new StoreException('READONLY', `${user.name}: Cannot execute query in readonly mode.${request.isRead ? ' For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries.' : ''}`)
  return user.read_only ? 1 : 2
}

/** Brings the connection to what the request asks for; `readonly` comes last, since it forbids the rest. */
async function prepare ({ connection, request, readOnly }: Work, defaults: HandlerParts['settings']): Promise<void> {
  if (request.database !== undefined) await connection.run(`USE ${quoteName(request.database)}`)
  const params = Object.entries(request.params).map(([name, value]) => [`param_${name}`, value] as const)
  const pairs = [...Object.entries(defaults), ...Object.entries(request.settings), ...params]
  if (pairs.length > 0) await connection.run(`SET ${pairs.map(([name, value]) => `${quoteName(name)} = ${quoteText(String(value))}`).join(', ')}`)
  if (readOnly > 0) await connection.run(`SET readonly = ${readOnly}`)
}

function textOf (statement: Exclude<Statement, Output>): string {
  return statement.kind === 'insert' ? (statement satisfies Insert).head : statement.text
}

async function drained (response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

function toException (error: unknown): StoreException {
  return error instanceof StoreException ? error : new StoreException('UNKNOWN_EXCEPTION', messageOf(error))
}

function quoteName (name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``
}

function quoteText (text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function sendText (response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', ...(text === '' ? {} : { 'content-length': Buffer.byteLength(text) }) }).end(text)
}
