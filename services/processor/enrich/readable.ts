/** Texts that are readable because of what is declared; made anew when the catalog changes. */
import { isKnownWord } from '../../../normalizer/index.ts'
import type { Cache } from '../caches.ts'
import { remember } from './cache.ts'
import { foldHost, isAddress } from './hosts.ts'
import type { Privacy } from './privacy.ts'

/** What enrichment asks a catalog about names. */
export interface Declarations {
  /** True for a host, a name of a service or route, or a word of one, that a document or the gateway declares. */
  knows (text: string): boolean
  /** True for a name or id of a consumer that the partners or the gateway's configuration declare. */
  isConsumer (name: string): boolean
}

/** The published forms of texts under one catalog. Results are remembered within fixed bounds. */
export interface Readable {
  host (host: string): string
  /** `address:port` of an upstream: addresses are the operator's, names of hosts are folded like those that clients send. */
  address (address: string): string
  /** The name of a limit, when it is made of known words, else its hash. */
  limit (name: string): string
  /** Names of services and routes. */
  entity (name: string): string
  /** The name of a consumer; `id` is the gateway's own id of it. */
  consumer (name: string, id: string): string
  /** What is remembered of hosts, addresses and limits, in this order. */
  caches: readonly Cache[]
}

/** Makes the forms for one catalog. */
export function createReadable ({ knows, isConsumer }: Declarations, privacy: Privacy): Readable {
  const isDeclared = (host: string): boolean => privacy.allowsHost(host) || (host.includes('.') && knows(host))
  const host = remember('host', 2000, (text) => foldHost(privacy.clean(text), { isDeclared, knows, mask: privacy.maskAddress }))
  // Nearly all names are safe, and cost no more. A declaration makes a code a name, but not a card number or an e-mail address.
  const unless = (safe: string, name: string, isDeclared: (name: string) => boolean): string =>
    safe !== name && isDeclared(name) && privacy.clean(name) === name ? name : safe
  const upstream = remember('upstream', 20_000, (text) => {
    const { name, port } = splitPort(text)
    return isAddress(name) ? text : `${host.of(name.toLowerCase())}${port}`
  })
  const limit = remember('limit', 500, (name) => name === '' || isLimitName(name, knows) ? name : privacy.hashName(name))
  return {
    host: host.of,
    address: upstream.of,
    limit: limit.of,
    entity: (name) => unless(privacy.cleanEntity(name), name, knows),
    consumer: (name, id) => unless(name === id ? privacy.cleanEntity(name) : privacy.cleanName(name), name, isConsumer),
    caches: [host, upstream, limit].map(({ cache }) => cache),
  }
}

/** Plugins and upstreams name limits by what they count and for how long: `minute`, `sms-day`. */
function isLimitName (name: string, knows: Declarations['knows']): boolean {
  return /^[a-z][\w .-]*$/i.test(name) && !/\d.*\d.*\d.*\d/.test(name) && isKnownWord(name, knows)
}

function splitPort (text: string): { name: string, port: string } {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(:\d{1,5})?$/.exec(text) ?? [undefined, undefined, text]
  return { name: bracketed ?? plain ?? '', port }
}
