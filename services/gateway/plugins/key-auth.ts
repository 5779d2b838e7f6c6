/** `key-auth`: identifies the consumer by an API key in a header or a query parameter (https://developer.konghq.com/plugins/key-auth/). */
import { z } from 'zod'
import type { Consumer, Credential } from '../entity.ts'
import { headerValues, setUpstreamHeader } from '../exchange.ts'
import type { Exchange } from '../exchange.ts'
import { definePlugin } from '../plugin.ts'
import type { Answer } from '../plugin.ts'

const schema = z.strictObject({
  key_names: z.array(z.string().regex(/^[\w-]+$/, 'letters, digits, _ and - only')).min(1).nullish().transform((value) => value ?? ['apikey']),
  key_in_header: z.boolean().nullish().transform((value) => value ?? true),
  key_in_query: z.boolean().nullish().transform((value) => value ?? true),
  key_in_body: z.literal(false, 'this gateway streams bodies and does not read keys from them; write false').nullish(),
  hide_credentials: z.boolean().nullish().transform((value) => value ?? false),
  anonymous: z.string().nullish().describe('id or user name of the consumer for callers without a valid key'),
  identity_realms: z.unknown().optional().describe('accepted: consumers of Konnect are not looked for'),
  run_on_preflight: z.boolean().nullish().transform((value) => value ?? true),
  realm: z.string().regex(/^[ !#-[\]-~]*$/, 'printable ASCII without quotes and backslashes').nullish(),
})

type Config = z.output<typeof schema>

export const keyAuth = definePlugin({
  priority: 1250,
  perConsumer: false,
  schema,
  secretNames: ({ key_names: names }) => names,
  start: (config, { entities, log }) => {
    const anonymous = findAnonymous(config.anonymous, entities.consumers)
    if (typeof config.anonymous === 'string' && config.anonymous !== '' && anonymous === undefined) {
      log.error({ anonymous: config.anonymous }, 'key-auth names an anonymous consumer that does not exist; callers without a key get 500')
    }
    return {
      access: (exchange) => {
        if (!config.run_on_preflight && exchange.method === 'OPTIONS') return undefined
        if (typeof config.anonymous !== 'string' || config.anonymous === '') return authenticate(exchange, config, entities.credentials)
        if (exchange.credential !== undefined || authenticate(exchange, config, entities.credentials) === undefined) return undefined
        if (anonymous === undefined) return { status: 500, message: `anonymous consumer ${config.anonymous} is configured but doesn't exist` }
        identify(exchange, anonymous, undefined)
        return undefined
      },
    }
  },
})

function findAnonymous (wanted: string | null | undefined, consumers: Consumer[]): Consumer | undefined {
  return consumers.find((consumer) => consumer.id === wanted || consumer.username === wanted)
}

function authenticate (exchange: Exchange, config: Config, credentials: ReadonlyMap<string, Credential>): Answer | undefined {
  const key = findKey(exchange, config)
  if (key === 'twice') return unauthorized(config, 'Duplicate API key found')
  if (key === undefined || key.value === '') return unauthorized(config, 'No API key found in request')
  exchange.secrets.push(key.value)
  if (config.hide_credentials) hide(exchange, key.name)
  const credential = credentials.get(key.value)
  if (credential === undefined) return unauthorized(config, 'Unauthorized')
  identify(exchange, credential.consumer, credential)
  return undefined
}

function findKey (exchange: Exchange, config: Config): { name: string, value: string } | 'twice' | undefined {
  for (const name of config.key_names) {
    const header = config.key_in_header ? headerValues(exchange, name.toLowerCase()) : []
    const query = header.length === 0 && config.key_in_query ? exchange.query[name] : undefined
    if (header.length > 1 || Array.isArray(query)) return 'twice'
    const value = header[0] ?? query
    if (typeof value === 'string') return { name, value }
  }
  return undefined
}

function hide (exchange: Exchange, name: string): void {
  exchange.hiddenQuery.push(name)
  setUpstreamHeader(exchange, name, undefined)
}

function identify (exchange: Exchange, consumer: Consumer, credential: Credential | undefined): void {
  exchange.consumer = consumer
  exchange.credential = credential
  setUpstreamHeader(exchange, 'X-Consumer-ID', consumer.id)
  setUpstreamHeader(exchange, 'X-Consumer-Custom-ID', consumer.customId || undefined)
  setUpstreamHeader(exchange, 'X-Consumer-Username', consumer.username || undefined)
  setUpstreamHeader(exchange, 'X-Credential-Identifier', credential?.id)
  setUpstreamHeader(exchange, 'X-Anonymous-Consumer', credential === undefined ? 'true' : undefined)
}

function unauthorized ({ realm }: Config, message: string): Answer {
  return { status: 401, message, headers: { 'WWW-Authenticate': typeof realm === 'string' ? `Key realm="${realm}"` : 'Key' } }
}
