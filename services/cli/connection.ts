import { createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError, messageOf, systemCode } from '../runtime/errors.ts'
import { print } from './outcome.ts'

/** Where ClickHouse is, unless the command line or a configuration says otherwise. */
export const defaultUrl = 'http://127.0.0.1:8123'

/** Credentials and database of a connection. */
export interface ConnectionOptions { url: string, username?: string, password?: string, database?: string }

/** Connects, runs `use` and disconnects. Throws STORE_UNREACHABLE and STORE_REFUSED with the engine's own message. */
export async function withClient<T> (options: ConnectionOptions, use: (client: ClickHouseClient) => Promise<T>): Promise<T> {
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
export async function postStatement (options: ConnectionOptions, statement: string, settings: Record<string, string>): Promise<void> {
  if (!URL.canParse(options.url)) throw usage(options.url, 'not a URL')
  const target = new URL(options.url)
  const username = options.username ?? decodeURIComponent(target.username)
  const password = options.password ?? decodeURIComponent(target.password)
  target.username = target.password = ''
  target.search = new URLSearchParams({ database: options.database ?? 'default', ...settings }).toString()
  const headers = new Headers()
  if (username !== '') headers.set('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  const response = await fetch(target, { method: 'POST', body: statement, headers }).catch((error: unknown) => {
    throw storeError(error instanceof Error && error.cause !== undefined ? error.cause : error, options.url)
  })
  if (!response.ok) throw new GatelensError('STORE_REFUSED', (await response.text()).trim(), { where: hideCredentials(options.url) })
  if (response.body !== null) for await (const piece of response.body) await print(piece)
}

function connect (options: ConnectionOptions): ClickHouseClient {
  try {
    return createClient({ ...options, application: 'gatelens', request_timeout: 600_000 })
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
