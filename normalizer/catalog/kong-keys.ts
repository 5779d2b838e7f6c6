/** What Kong's and decK's declarative files may hold, for the catalog: what is used, what is of no interest, what nobody knows. */
import type { Report } from './kong-declaration.ts'
import { isObject, listOf, pointerStep, textOf } from './references.ts'
import type { Json } from './references.ts'

const every = ['id', 'name', 'created_at', 'updated_at', 'ws_id', 'tags', '_comment', '_ignore']
const credentials = ['keyauth_credentials', 'jwt_secrets', 'basicauth_credentials', 'hmacauth_credentials', 'oauth2_credentials', 'mtls_auth_credentials', 'acls']

/** Keys of the file itself. */
const ofFile = new Set([
  '_format_version', '_transform', '_comment', '_ignore', '_workspace', '_konnect',
  'services', 'routes', 'consumers', ...credentials,
  'upstreams', 'targets', 'plugins', 'consumer_groups', 'certificates', 'ca_certificates', 'snis', 'vaults', 'keys', 'key_sets', 'filter_chains',
  'workspaces', 'parameters', 'licenses', 'rbac_roles', 'rbac_role_endpoints', 'service_packages', 'custom_entities', 'partials', 'cloned_plugins', 'custom_plugins',
  'oauth2_tokens', 'oauth2_authorization_codes', 'acme_storage', 'degraphql_routes', 'graphql_ratelimiting_cost_decorations', 'plugin_definitions',
  'consumer_group_consumers', 'consumer_group_plugins', 'login_attempts', 'files', 'developers', 'document_objects', 'event_hooks', 'applications', 'application_instances',
  'clustering_data_planes', 'sm_vaults', 'partials_links', 'plugins_partials', 'jwt_signer_jwks', 'session_metadatas', 'sessions', 'header_cert_auth_credentials',
])

const ofEntities: Readonly<Record<string, ReadonlySet<string>>> = {
  services: new Set([...every, 'url', 'protocol', 'host', 'port', 'path', 'retries', 'connect_timeout', 'write_timeout', 'read_timeout', 'enabled', 'client_certificate',
    'tls_verify', 'tls_verify_depth', 'tls_sans', 'ca_certificates', 'routes', 'plugins', 'filter_chains', 'extra']),
  routes: new Set([...every, 'service', 'protocols', 'methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations', 'expression', 'priority', 'strip_path', 'path_handling',
    'preserve_host', 'regex_priority', 'https_redirect_status_code', 'request_buffering', 'response_buffering', 'plugins', 'filter_chains']),
  consumers: new Set([...every, 'username', 'username_lower', 'custom_id', 'type', 'plugins', 'groups', ...credentials]),
}

/** True for a parsed file that calls itself Kong's, or has lists of Kong's entities. */
export function isKongDeclaration (value: unknown): value is Json {
  return isObject(value) && ('_format_version' in value || '_plugin_configs' in value || '_info' in value ||
    Object.keys(value).some((key) => ofFile.has(key) && Array.isArray(value[key])))
}

/** Warns of keys that neither Kong nor decK has, and of lists that are none: what stands there is ignored. */
export function reportKeys (root: Json, report: Report): void {
  for (const key of Object.keys(root)) {
    if (!ofFile.has(key)) report('warning', 'unknown-key', `Neither Kong nor decK knows "${key}"; it is ignored.`, `/${pointerStep(key)}`)
  }
  reportEntities(root, '', report)
}

function reportEntities (holder: Json, at: string, report: Report): void {
  for (const list of Object.keys(ofEntities)) {
    const entries = Object.hasOwn(holder, list) ? holder[list] : undefined
    const where = `${at}/${list}`
    if (entries !== undefined && entries !== null && !Array.isArray(entries)) report('error', 'not-a-list', `${list} is not a list; it is ignored.`, where)
    for (const [index, entity] of listOf(entries).entries()) {
      if (isObject(entity)) reportEntity(list, entity, `${where}/${index}`, report)
      else report('error', 'not-an-entity', `An entry of ${list} is not an object; it is ignored.`, `${where}/${index}`)
    }
  }
}

function reportEntity (list: string, entity: Json, where: string, report: Report): void {
  const name = textOf(entity.name) || textOf(entity.username) || textOf(entity.id)
  for (const key of Object.keys(entity)) {
    if (!ofEntities[list]!.has(key)) report('warning', 'unknown-key', `${name === '' ? 'An entry' : `"${name}"`} of ${list} has "${key}", which Kong does not know; it is ignored.`, `${where}/${pointerStep(key)}`)
  }
  if (list === 'services') reportEntities({ routes: entity.routes }, where, report)
}
