import type { IncomingMessage } from 'node:http'
import { isLoopback } from './loopback.ts'

/**
 * Says why a request may not come in by the name that it uses for this store, or by the page that made a browser send
 * it; undefined when it may. `names` are the host names and addresses that were configured for this store, lower case.
 *
 * Every `Host` (and authority of an absolute target) is a loopback name, the address that the connection came to, or a
 * configured name: a page whose own name was made to resolve to this machine has another. A request that a browser sends
 * for a page comes from a page of this store.
 */
export function refusalOfOrigin (message: IncomingMessage, names: ReadonlySet<string>): string | undefined {
  const hosts = hostsOf(message)
  const foreign = hosts.find((host) => !isOurs(host, message, names))
  if (foreign !== undefined) return `The host '${foreign.slice(0, 100)}' is not a name of this store: use 127.0.0.1 or localhost, or start the store with --host`
  if (isForeignPage(message, hosts[0])) return 'A web page of another origin may not use this store'
  return undefined
}

/** What the request calls this store: every Host header, and the authority of a target such as `http://name/`. */
function hostsOf ({ rawHeaders, url = '/' }: IncomingMessage): string[] {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host')
  return url.startsWith('/') ? hosts : [...hosts, /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url]
}

function isOurs (host: string, { socket }: IncomingMessage, names: ReadonlySet<string>): boolean {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d*)?$/i.exec(host)
  const name = (found?.[1] ?? found?.[2] ?? '').toLowerCase()
  if (name === '') return false
  return isLoopback(name) || names.has(name) || name === socket.localAddress?.replace(/^::ffff:/, '')
}

function isForeignPage ({ headers }: IncomingMessage, host: string | undefined): boolean {
  const { origin, referer, 'sec-fetch-site': site, 'user-agent': agent = '' } = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  if ([origin, referer].some((page) => page !== undefined && !isSameHost(page, host))) return true
  // Browsers say where a request comes from when they trust the address, as they do for loopback; others stay in doubt.
  const isSilentBrowser = agent.startsWith('Mozilla/') && site === undefined && origin === undefined
  return isSilentBrowser && !isLoopback(new URL(`http://${host ?? 'unknown'}`).hostname.replace(/^\[(.*)\]$/, '$1'))
}

function isSameHost (page: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(page) && URL.canParse(`http://${host}`) && new URL(page).host === new URL(`${new URL(page).protocol}//${host}`).host
}
