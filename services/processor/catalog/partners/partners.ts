import { z } from 'zod'
import { loadConfig } from '../../../runtime/config.ts'
import type { NormalizedEvent } from '../../event.ts'

const name = z.string().min(1)
const count = z.number().int().positive()

const partnerSchema = z.strictObject({
  name: name.describe('Name of the organisation, as it appears in labels and tables.'),
  tier: z.string().default(''),
  owner: z.string().default('').describe('Who looks after the partner on our side.'),
  contact: z.string().default('').describe('Whom to tell about a breach.'),
  quotas: z.strictObject({ minute: count.optional(), hourly: count.optional(), daily: count.optional(), monthly: count.optional() })
    .default({}).describe('Requests allowed per window (UTC).'),
  consumers: z.array(name).default([]).describe('The partner\'s consumers in the gateway, by user name, custom id or id.'),
  credentials: z.array(name).default([]).describe('Ids of credentials (never the credentials themselves).'),
})

/** A calling organisation: what it may use, and which consumers and credentials of the gateway are its own. */
export type Partner = z.output<typeof partnerSchema>

/** The partners file. A name, consumer or credential that two partners claim is an error that names both places. */
export const partnersSchema = z.strictObject({ partners: z.array(partnerSchema).default([]) }).superRefine(({ partners }, context) => {
  const claims = new Map<string, string>()
  for (const { kind, value, path } of partners.flatMap(claimsOf)) {
    const place = path.map((part) => typeof part === 'number' ? `[${part}]` : `.${part}`).join('').slice(1)
    const earlier = claims.get(`${kind} ${value}`)
    if (earlier === undefined) claims.set(`${kind} ${value}`, place)
    else context.addIssue({ code: 'custom', path, message: `the ${kind} "${value}" is already claimed at ${earlier}` })
  }
})

/** Reads a partners file. Throws CONFIG_NOT_FOUND, CONFIG_SYNTAX or CONFIG_INVALID with file and line. */
export function loadPartners (path: string): Partner[] {
  return loadConfig(path, partnersSchema).partners
}

/** A consumer of the gateway's own configuration: all its names mean the same caller. */
export interface KnownConsumer { names: readonly string[], credentials: readonly string[] }

/** Partner and tier of a request. */
export interface PartnerMatch { name: string, tier: string }

/** Finds the partner of one request. */
export type PartnerFinder = (event: NormalizedEvent) => PartnerMatch

/** A caller that the gateway identified but that no partner claims. */
export const unmapped: PartnerMatch = Object.freeze({ name: 'unmapped', tier: '' })
/** A caller that nobody identified: no credential, or the gateway's anonymous consumer. */
export const anonymous: PartnerMatch = Object.freeze({ name: '', tier: '' })

/**
 * Finds the partner of a request: by credential id, consumer id, custom id and user name, in this order. A consumer that
 * the gateway's configuration names is found under all its names when one of them is claimed.
 */
export function createPartnerFinder (partners: readonly Partner[], known: readonly KnownConsumer[] = []): PartnerFinder {
  const byCredential = index(partners, (partner) => partner.credentials)
  const byConsumer = index(partners, (partner) => partner.consumers)
  for (const { names, credentials } of known) {
    const match = names.map((item) => byConsumer.get(item)).find((item) => item !== undefined)
    if (match === undefined) continue
    for (const item of names) if (!byConsumer.has(item)) byConsumer.set(item, match)
    for (const item of credentials) if (!byCredential.has(item)) byCredential.set(item, match)
  }
  return ({ credential_id: credential, consumer_id: id, consumer_custom_id: customId, consumer }) =>
    byCredential.get(credential) ?? byConsumer.get(id) ?? byConsumer.get(customId) ?? byConsumer.get(consumer) ??
    (credential === '' && consumer === '' && id === '' ? anonymous : unmapped)
}

/** Gateway consumers that a partner claims under one of their names. */
export function claimedConsumers (partners: readonly Partner[], known: readonly KnownConsumer[]): KnownConsumer[] {
  const claims = new Set(partners.flatMap(({ consumers }) => consumers))
  return known.filter(({ names }) => names.some((item) => claims.has(item)))
}

/**
 * Whose each credential is: pairs of credential id and the consumer's name (user name, else custom id, else id) as JSON text,
 * which crosses threads in one piece, however many there are. {@link createConsumerFinder} reads it.
 */
export function packOwners (known: readonly KnownConsumer[]): string {
  return JSON.stringify(known.flatMap(({ names, credentials }) => credentials.map((credential) => [credential, names.at(-1) ?? ''])))
}

/** Finds the consumer of a credential id, '' when the gateway's configuration names none. */
export type ConsumerFinder = (credential: string) => string

/** Makes the finder of {@link packOwners}' text, which is read when the first record asks: most gateways name the consumer. */
export function createConsumerFinder (packed: string): ConsumerFinder {
  let owners: Map<string, string> | undefined
  return (credential) => {
    owners ??= new Map(JSON.parse(packed) as Array<[string, string]>)
    return owners.get(credential) ?? ''
  }
}

/**
 * Names of all consumers that the gateway's configuration or the partners declare, as JSON text; {@link createConsumerNames}
 * reads it.
 */
export function packConsumerNames (partners: readonly Partner[], known: readonly KnownConsumer[]): string {
  return JSON.stringify([...new Set([...partners.flatMap(({ consumers }) => consumers), ...known.flatMap(({ names }) => names)])])
}

/** True for a name of {@link packConsumerNames}' text, which is read when the first one is asked for. */
export function createConsumerNames (packed: string): (name: string) => boolean {
  let names: ReadonlySet<string> | undefined
  return (name) => {
    names ??= new Set(JSON.parse(packed) as string[])
    return names.has(name)
  }
}

/** Consumers that partners claim and the gateway's configuration, which has some, lacks: nobody is ever found by them. */
export function unknownClaims (
  partners: readonly Partner[], known: readonly KnownConsumer[]
): Array<{ partner: string, consumer: string }> {
  if (known.length === 0) return []
  const names = new Set(known.flatMap((consumer) => consumer.names))
  return partners.flatMap(({ name: partner, consumers }) =>
    consumers.filter((consumer) => !names.has(consumer)).map((consumer) => ({ partner, consumer })))
}

/** Gateway consumers that several partners claim, each under another of its names: one sentence for each. */
export function conflictingClaims (partners: readonly Partner[], known: readonly KnownConsumer[]): string[] {
  const owners = new Map(partners.flatMap(({ name, consumers, credentials }) =>
    [...consumers, ...credentials].map((claim) => [claim, name] as const)))
  return known.flatMap(({ names, credentials }) => {
    const claimed = new Set([...names, ...credentials].flatMap((item) => owners.get(item) ?? []))
    return claimed.size > 1 ? [`the gateway's consumer "${names.at(-1) ?? ''}" is claimed by ${[...claimed].join(' and ')}`] : []
  })
}

function index (partners: readonly Partner[], keys: (partner: Partner) => readonly string[]): Map<string, PartnerMatch> {
  return new Map(partners.flatMap((partner) => {
    const match = { name: partner.name, tier: partner.tier }
    return keys(partner).map((key): [string, PartnerMatch] => [key, match])
  }))
}

interface Claim { kind: string, value: string, path: Array<string | number> }

function claimsOf (partner: Partner, at: number): Claim[] {
  return [
    { kind: 'name', value: partner.name, path: ['partners', at, 'name'] },
    ...partner.consumers.map((value, i) => ({ kind: 'consumer', value, path: ['partners', at, 'consumers', i] })),
    ...partner.credentials.map((value, i) => ({ kind: 'credential', value, path: ['partners', at, 'credentials', i] })),
  ]
}
