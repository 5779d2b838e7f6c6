import { randomBytes } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import type { Cache } from '../caches.ts'
import { remember } from './cache.ts'
import { createKeyedHash } from './keyed-hash.ts'
import { isGatewayId } from './request-id.ts'
import { scrub } from '../secrets.ts'
import { knownAgents } from './agents.ts'
import { isEntityId, readsAsName } from './names.ts'

const forbidden = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'apikey', 'api-key', 'x-api-key'])

/** What may leave, and the key of the hashes. Everything that is not named here is dropped, hashed or masked. */
export const privacySchema = z.strictObject({
  key: z.string().min(16, 'a key needs at least 16 characters').optional()
    .describe('Key of the hashes (HMAC-SHA-256), best from ${file:…}. Without it a random key is made at every start.'),
  safe_params: z.array(z.string().min(1)).default([])
    .describe('Names of path parameters whose values may be published as they are.'),
  allow_headers: z.array(z.string().min(1).toLowerCase().refine((name) => !forbidden.has(name), 'carries credentials and cannot be allowed'))
    .default([]).describe('Request headers to publish, as label header.<name>.'),
  allow_query: z.array(z.string().min(1)).default([])
    .describe('Query parameters to publish, as label query.<name>.'),
  allow_agents: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,39}$/, 'a product is a name without its version')).default([])
    .describe('Products of User-Agent to publish besides the widely known ones, such as the name of your own SDK.'),
  allow_hosts: z.array(z.string().toLowerCase().regex(/^(?:\*\.)?[a-z0-9_.-]{1,253}$/, 'a host is a name without port; *. in front means all below it')).default([])
    .describe('Hosts to publish besides those that documents and the gateway declare, such as `api.acme.com` or `*.acme.com`. Of others, labels that are no known words become {word}, {id}, ….'),
  names: z.enum(['all', 'declared']).default('all')
    .describe('Names of consumers, routes and services to publish: all that read as names, or only those that the catalog, the gateway\'s configuration or the partners declare. Others are hashed.'),
})

/** The checked form of {@link privacySchema}. */
export type PrivacyOptions = z.output<typeof privacySchema>

/** How each kind of raw value may leave the process. */
export interface Privacy {
  /** First 12 hex digits of HMAC-SHA-256; '' stays ''. */
  hash (value: string): string
  /** The /24 network of an IPv4 address (also an IPv4-mapped one), the /48 of an IPv6 address; '' when it is none. */
  maskAddress (address: string): string
  /** Product and major version (`curl/8`) of products that are known or allowed, `other` for the rest; '' stays ''. */
  cutAgent (agent: string): string
  /** Free text without secrets, control characters and broken Unicode, at most 256 characters. */
  clean (text: string): string
  /** An inferred route, segment by segment: the whole would look random to `clean`. */
  cleanRoute (route: string): string
  /** A request id in a shape that gateways make, else its hash. */
  cleanId (id: string): string
  /** The keyed form of an event id that was made of raw values: 32 hex digits. */
  hashEventId (id: string): string
  /** A name as it is; its hash when it has the shape of a secret, or when only declared names may stand. */
  cleanName (name: string): string
  /** The form of a name that must not stand as it is. */
  hashName (name: string): string
  /** The same of a name that may be the id of an entity instead. */
  cleanEntity (name: string): string
  /** True for a host that the configuration allows. */
  allowsHost (host: string): boolean
  /** True for a path parameter whose value may be published. */
  isSafe (parameter: string): boolean
  /** What the operator should know, for the process log. */
  notices: readonly string[]
  /** What is remembered, for the metrics. */
  caches: readonly Cache[]
}

/**
 * Makes the rules of one process. Results are remembered within fixed bounds; the raw values never leave it. `fallback` is the key
 * where none is configured: all threads of a process have the same.
 */
export function createPrivacy (options: PrivacyOptions, fallback: Uint8Array = randomKey()): Privacy {
  const keyed = createKeyedHash(options.key ?? fallback)
  const safe = new Set(options.safe_params)
  const agents = new Set(options.allow_agents)
  const digest = (value: string): string => keyed(value).slice(0, 12)
  const hashName = (name: string): string => `name-${digest(name)}`
  const nameOf = (name: string): string => options.names === 'all' && clean(name) === name && readsAsName(name) ? name : hashName(name)
  const hash = remember('hash', 20_000, digest)
  const address = remember('address', 20_000, maskAddress)
  const agent = remember('agent', 2000, (text) => cutAgent(text, agents))
  const free = remember('text', 5000, clean)
  const route = remember('route', 5000, (text) => text.split('/').map(clean).join('/'))
  const names = remember('name', 20_000, nameOf)
  const entities = remember('entity', 20_000, (name) => isEntityId(name) ? name : nameOf(name))
  const hosts = new Set(options.allow_hosts)
  return {
    hash: (value) => value === '' ? '' : hash.of(value),
    maskAddress: address.of,
    cutAgent: agent.of,
    clean: free.of,
    cleanRoute: route.of,
    cleanId: (id) => id === '' || isGatewayId(id) ? id : `id-${digest(id)}`,
    hashEventId: (id) => keyed(id).slice(0, 32),
    hashName,
    cleanName: (name) => name === '' ? '' : names.of(name),
    cleanEntity: (name) => name === '' ? '' : entities.of(name),
    allowsHost: (host) => hosts.has(host) || (hosts.size > 0 && parentsOf(host).some((parent) => hosts.has(`*.${parent}`))),
    isSafe: (parameter) => safe.has(parameter),
    notices: options.key === undefined
      ? ['privacy.key is not set: a random key is in use, so hashes of different runs cannot be joined']
      : [],
    caches: [hash, address, agent, free, route, names, entities].map(({ cache }) => cache),
  }
}

/** A key for a process to which none is configured. */
export function randomKey (): Uint8Array {
  return randomBytes(32)
}

/** `a.b.c`: `b.c` and `c`. */
function parentsOf (host: string): string[] {
  const labels = host.split('.')
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'))
}

function maskAddress (text: string): string {
  const address = text.replace(/^\[|\](?::\d+)?$/g, '').replace(/%.*$/, '')
  // The parser also takes octal, hexadecimal and shortened forms, which no gateway writes.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  const bytes = parsed.toByteArray()
  return ipaddr.fromByteArray(bytes.fill(0, bytes.length === 4 ? 3 : 6)).toString()
}

const product = /^([A-Za-z][A-Za-z0-9._-]{0,39})(?:\/v?(\d{1,4})(?!\d))?/

/** RFC 9110 section 10.1.5: the first product is the most significant; all else tells more of the caller than is needed. */
function cutAgent (agent: string, allowed: ReadonlySet<string>): string {
  if (agent === '') return ''
  const [, name = '', major = ''] = product.exec(agent) ?? []
  const canonical = knownAgents.get(name.toLowerCase()) ?? (allowed.has(name) ? name : undefined)
  return canonical === undefined ? 'other' : major === '' ? canonical : `${canonical}/${major}`
}

/** Control characters, lone surrogates (no UTF-8 text can hold them) and the line ends that only JavaScript knows. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029]/gu

function clean (text: string): string {
  // Cut before and after: a hostile text of megabytes is not searched, and a replacement may make a text longer.
  const scrubbed = scrub(text.length > 1024 ? text.slice(0, 1024) : text)
  return (scrubbed.length > 256 ? scrubbed.slice(0, 256) : scrubbed).replace(unprintable, '')
}
