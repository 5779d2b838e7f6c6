import type { IncomingMessage } from 'node:http'
import { isLoopback } from './loopback.ts'

/**
 * True for a request that a foreign web page makes a browser send. A store without users trusts everybody on this
 * machine, and must not trust the pages that they look at: neither across origins, nor under a name of the page's own
 * that was made to resolve to this machine.
 */
export function isForeignPage (message: IncomingMessage): boolean {
  const { origin, host = '', 'sec-fetch-site': site, 'user-agent': agent = '' } = message.headers
  const byBrowser = origin !== undefined || site !== undefined || agent.startsWith('Mozilla/')
  if (!byBrowser) return false
  const sameSite = site === undefined || site === 'same-origin' || site === 'none'
  const sameOrigin = origin === undefined || hostOf(origin) === host
  const hostname = hostOf(`http://${host}`)?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return !sameSite || !sameOrigin || hostname === undefined || !isLoopback(hostname)
}

function hostOf (url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}
