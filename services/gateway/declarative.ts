/**
 * Kong's declarative configuration, in format 3.0 as the reader gives it, as far as this gateway implements it. Everything
 * else is refused with its place. Format: https://developer.konghq.com/gateway/db-less-mode/ ; a null stands for an absent value, as in dumps.
 */
import { z } from 'zod'
import { nearest } from '../runtime/config.ts'
import { absent, dumped, given, milliseconds, name, named, path, person, port } from './declarative-fields.ts'
import { healthSchema } from './declarative-health.ts'
import { routeRules } from './declarative-route.ts'
import type { Environment, Hooks } from './plugin.ts'
import { findPlugin, plugins } from './plugins/index.ts'

const pluginSchema = z.strictObject({
  ...dumped,
  name: z.string(),
  instance_name: z.string().nullish(),
  enabled: given(z.boolean(), true),
  protocols: z.array(z.string()).nullish(),
  config: z.unknown().optional(),
  service: named,
  route: named,
  consumer: person,
  consumer_group: absent,
  ordering: absent,
  partials: absent,
  condition: absent,
  run_on: z.literal('first', 'this gateway has no mesh; write first').nullish(),
}).transform((value, context): ConfiguredPlugin => {
  const plugin = findPlugin(value.name)
  if (plugin === undefined) return refusePlugin(value.name, context)
  const parsed = plugin.parse(value.config)
  if ('issues' in parsed) return refuseConfig(parsed.issues, plugin.schema, context)
  return { ...value, priority: plugin.priority, perConsumer: plugin.perConsumer, start: parsed.start, secretNames: parsed.secretNames }
})

/** A plugin entry whose configuration has been checked. */
export interface ConfiguredPlugin {
  name: string
  enabled: boolean
  priority: number
  perConsumer: boolean
  service?: z.output<typeof named>
  route?: z.output<typeof named>
  consumer?: z.output<typeof person>
  start: (environment: Environment) => Hooks
  secretNames: string[]
}

function refusePlugin (wanted: string, context: z.RefinementCtx): never {
  const known = Object.keys(plugins)
  const hint = nearest(wanted, known)
  const list = hint.includes('known keys') ? '' : `; this gateway has: ${known.join(', ')}`
  context.addIssue({ code: 'custom', path: ['name'], params: { rule: 'unknown-plugin' }, message: `no plugin "${wanted}"${hint.replace('known keys', 'this gateway has')}${list}` })
  return z.NEVER
}

function refuseConfig (issues: z.core.$ZodIssue[], schema: z.ZodType, context: z.RefinementCtx): never {
  for (const issue of issues) {
    const at = ['config', ...issue.path]
    if (issue.code !== 'unrecognized_keys') context.addIssue({ code: 'custom', path: at, message: issue.message })
    else for (const key of issue.keys) context.addIssue({ code: 'custom', path: [...at, key], message: `unknown key${nearest(key, keysOf(schema))}` })
  }
  return z.NEVER
}

function keysOf (schema: z.core.$ZodType): string[] {
  const def = schema._zod.def as { shape?: Record<string, unknown>, in?: z.core.$ZodType, innerType?: z.core.$ZodType }
  if (def.shape !== undefined) return Object.keys(def.shape)
  const inner = def.in ?? def.innerType
  return inner === undefined ? [] : keysOf(inner)
}

const routeSchema = routeRules.extend({ plugins: z.array(pluginSchema).nullish() })

const serviceSchema = z.strictObject({
  ...dumped,
  name: name.nullish(),
  url: z.string().nullish().describe('shorthand for protocol, host, port and path'),
  protocol: z.enum(['http', 'https']).nullish(),
  host: z.string().min(1).nullish(),
  port: port.nullish(),
  path: path.nullish(),
  retries: given(z.number().int().min(0).max(32767), 5),
  connect_timeout: given(milliseconds, 60_000),
  write_timeout: given(milliseconds, 60_000),
  read_timeout: given(milliseconds, 60_000),
  enabled: given(z.boolean(), true),
  tls_verify: z.boolean().nullish().describe('certificates of https upstreams are checked unless this is false'),
  tls_verify_depth: absent,
  tls_sans: absent,
  filter_chains: absent,
  client_certificate: absent,
  ca_certificates: absent,
  routes: z.array(routeSchema).nullish(),
  plugins: z.array(pluginSchema).nullish(),
})

const targetSchema = z.strictObject({
  ...dumped,
  target: z.string().min(1),
  weight: given(z.number().int().min(0).max(65535), 100),
  upstream: named,
})

const upstreamSchema = z.strictObject({
  ...dumped,
  name: z.string().min(1),
  algorithm: z.literal('round-robin', 'this gateway balances by weighted round robin only; write round-robin').nullish(),
  hash_on: z.literal('none', 'this gateway does not hash; write none').nullish(),
  hash_fallback: z.literal('none', 'this gateway does not hash; write none').nullish(),
  hash_on_header: absent,
  hash_fallback_header: absent,
  hash_on_cookie: absent,
  hash_on_cookie_path: z.string().nullish(),
  hash_on_query_arg: absent,
  hash_fallback_query_arg: absent,
  hash_on_uri_capture: absent,
  hash_fallback_uri_capture: absent,
  slots: z.number().int().nullish(),
  healthchecks: healthSchema.nullish(),
  host_header: z.string().nullish(),
  client_certificate: absent,
  use_srv_name: absent,
  sticky_sessions_cookie: absent,
  sticky_sessions_cookie_path: z.string().nullish(),
  targets: z.array(targetSchema).nullish(),
})

const credentialSchema = z.strictObject({
  ...dumped,
  key: z.string().min(1),
  ttl: absent,
  consumer: person,
})

const consumerSchema = z.strictObject({
  ...dumped,
  username: z.string().min(1).nullish(),
  custom_id: z.string().min(1).nullish(),
  keyauth_credentials: z.array(credentialSchema).nullish(),
  acls: absent,
  basicauth_credentials: absent,
  hmacauth_credentials: absent,
  jwt_secrets: absent,
  oauth2_credentials: absent,
  mtls_auth_credentials: absent,
  groups: absent,
  type: z.literal(0, 'this gateway has consumers of applications only').nullish(),
  username_lower: z.string().nullish(),
  plugins: z.array(pluginSchema).nullish(),
}).refine((value) => (value.username ?? value.custom_id ?? undefined) !== undefined, 'a consumer has a username or a custom_id')

/** The schema of the file itself; `entities.ts` resolves its references. */
export const declarativeSchema = z.strictObject({
  _format_version: z.literal('3.0', 'write "3.0"; 2.1 and 1.1 are taken, too'),
  _transform: z.boolean().nullish(),
  _comment: z.string().nullish(),
  _ignore: z.array(z.unknown()).nullish(),
  _konnect: z.unknown().optional().describe('accepted: where decK would send the file'),
  _workspace: z.string().nullish(),
  services: z.array(serviceSchema).nullish(),
  routes: z.array(routeSchema).nullish(),
  upstreams: z.array(upstreamSchema).nullish(),
  targets: z.array(targetSchema).nullish(),
  consumers: z.array(consumerSchema).nullish(),
  keyauth_credentials: z.array(credentialSchema).nullish(),
  plugins: z.array(pluginSchema).nullish(),
  workspaces: z.array(z.looseObject({ name: z.string() })).nullish(),
  parameters: z.array(z.unknown()).nullish(),
  certificates: absent,
  ca_certificates: absent,
  snis: absent,
  vaults: absent,
  keys: absent,
  key_sets: absent,
  filter_chains: absent,
  consumer_groups: absent,
  acls: absent,
  basicauth_credentials: absent,
  hmacauth_credentials: absent,
  jwt_secrets: absent,
  oauth2_credentials: absent,
  mtls_auth_credentials: absent,
  licenses: absent,
  rbac_roles: absent,
  service_packages: absent,
  custom_entities: absent,
  custom_plugins: absent,
  cloned_plugins: absent,
  partials: absent,
})

export type Declarative = z.output<typeof declarativeSchema>
export type ServiceEntry = z.output<typeof serviceSchema>
export type RouteEntry = z.output<typeof routeSchema>
export type UpstreamEntry = z.output<typeof upstreamSchema>
export type TargetEntry = z.output<typeof targetSchema>
export type ConsumerEntry = z.output<typeof consumerSchema>
export type CredentialEntry = z.output<typeof credentialSchema>
