import { StringDecoder } from 'node:string_decoder'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { request } from 'undici'
import { GatelensError, messageOf, systemCode } from '../runtime/errors.ts'
import { print } from './outcome.ts'
import { readProcessorConfig } from './processor-config.ts'
import { onTerminal } from './terminal.ts'

/** Where ClickHouse is, unless the command line or a configuration says otherwise. */
export const defaultUrl = 'http://127.0.0.1:8123'

/** Where to connect, as whom, and the database that is meant. */
export interface Connection {
  url: string
  username?: string
  password?: string
  database: string
  cluster?: string
  /** How long rows stay, ms, by table; undefined without a configuration. */
  retention?: Readonly<Record<string, number | undefined>>
}

/** The connection that the options name; what they leave out is that of the processor configuration, if one is given. */
export function connectionOf (options: { url?: string, config?: string, database?: string, cluster?: string }): Connection {
  const { store } = options.config === undefined ? {} : readProcessorConfig(options.config).settings
  // Credentials belong to the address that they were configured for.
  const { username, password } = options.url === undefined ? store ?? {} : {}
  return {
    url: options.url ?? store?.url ?? defaultUrl,
    ...(username === undefined ? {} : { username, password }),
    database: options.database ?? store?.database ?? 'gatelens',
    cluster: options.cluster ?? store?.cluster,
    ...(store === undefined ? {} : { retention: store.retention }),
  }
}

/** Connects, runs `use` and disconnects. Throws STORE_UNREACHABLE and STORE_REFUSED with the engine's own message. */
export async function withClient<T> (options: Omit<Connection, 'database' | 'cluster'>, use: (client: ClickHouseClient) => Promise<T>): Promise<T> {
  const client = connect(options)
  try {
    return await use(client)
  } catch (error) {
    throw storeError(error, options.url)
  } finally {
    await client.close()
  }
}

/** Sends one statement and copies the answer to standard output as it comes. Throws as {@link withClient} does. */
export async function postStatement (options: Connection, statement: string, settings: Record<string, string>): Promise<void> {
  if (!URL.canParse(options.url) || !/^https?:$/.test(new URL(options.url).protocol)) throw usage(options.url, 'not an http or https URL')
  const target = new URL(options.url)
  const username = options.username ?? decodeURIComponent(target.username)
  const password = options.password ?? decodeURIComponent(target.password)
  target.username = target.password = ''
  target.search = new URLSearchParams({ database: options.database, ...settings }).toString()
  const headers = username === '' ? undefined : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  const response = await request(target, { method: 'POST', body: statement, headers, headersTimeout: 0, bodyTimeout: 0 })
    .catch((error: unknown) => { throw storeError(error, options.url) })
  if (response.statusCode !== 200) throw refusal((await response.body.text()).trim(), options)
  const decoder = new StringDecoder()
  // A file gets what the engine gave, to the byte; a terminal must not be steered by what the rows hold.
  for await (const piece of response.body) await print(onTerminal ? decoder.write(piece as Buffer) : piece as Buffer)
}

function refusal (message: string, { url, database }: Connection): GatelensError {
  const where = hideCredentials(url)
  if (message.includes('(UNKNOWN_DATABASE)') && message.includes(database)) {
    return new GatelensError('SCHEMA_MISSING', `there is no database ${database}`, { where, hint: 'Run "gatelens migrate", or name another one with --database.' })
  }
  const hint = message.includes('(READONLY)') ? 'Statements that change something need --write.' : undefined
  return new GatelensError('STORE_REFUSED', message, { where, hint })
}

function connect (options: Omit<Connection, 'database' | 'cluster'>): ClickHouseClient {
  try {
    return createClient({ ...options, application: 'gatelens', request_timeout: 600_000, log: { level: ClickHouseLogLevel.OFF } })
  } catch (error) {
    throw usage(options.url, messageOf(error))
  }
}

function usage (url: string, message: string): GatelensError {
  return new GatelensError('USAGE', message, { where: hideCredentials(url), hint: 'Give a URL such as http://127.0.0.1:8123.' })
}

function storeError (error: unknown, url: string): unknown {
  if (error instanceof GatelensError) return error
  const where = hideCredentials(url)
  if (error instanceof Error && error.constructor.name === 'ClickHouseError') return new GatelensError('STORE_REFUSED', messageOf(error), { where, cause: error })
  const reason = messageOf(error) || systemCode(error)
  return new GatelensError('STORE_UNREACHABLE', `no answer: ${reason}`, { where, hint: 'Start one with "gatelens store", or give its address with --url.', cause: error })
}

/** The URL without the password that it may hold. */
function hideCredentials (url: string): string {
  if (!URL.canParse(url)) return 'the URL'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
