/** Kong's and decK's declarative configuration, formats 1.1, 2.1 and 3.0: https://developer.konghq.com/gateway/db-less-mode/ */
import type { GatewayMap, Problem } from '../endpoint.ts'
import { compileSearch } from '../pattern.ts'
import { formatOf, settleDeclaration } from './kong-declaration.ts'
import type { Report } from './kong-declaration.ts'
import { reportKeys } from './kong-keys.ts'
import { orderKongRoutes } from './kong-order.ts'
import type { KongRoute } from './kong-order.ts'
import { isObject, objectsOf, stringsOf, textOf } from './references.ts'
import type { Json } from './references.ts'

/** A backend of the gateway. */
export interface KongService { name: string, id: string, url: string, tags: string[] }

/** A caller of the gateway. Credentials are ids, never secrets. */
export interface KongConsumer { username: string, custom_id: string, id: string, credentials: string[], tags: string[] }

/** What was read. */
export interface KongCatalog {
  routes: KongRoute[]
  /** The routes as rules, in Kong's order. Routes of several catalogs are ordered together by `orderKongRoutes`. */
  gateway: GatewayMap
  services: KongService[]
  consumers: KongConsumer[]
  problems: Problem[]
}

/**
 * Reads a parsed declarative file. Routes of disabled services are left out, as Kong leaves them out, and so are those
 * of plain streams. Junk becomes problems; never throws.
 */
export function readKong (declarative: unknown, options: { source: string }): KongCatalog {
  const problems: Problem[] = []
  const source = textOf(options?.source)
  const report: Report = (severity, code, message, where) => { problems.push({ severity, code, message, source, where }) }
  const given = isObject(declarative) ? declarative : {}
  if (!isObject(declarative)) report('error', 'not-a-document', 'The gateway configuration is not an object.', '')
  else if (!/^[123](?:\.\d+)?$/.test(formatOf(given))) report('warning', 'unknown-format', '_format_version is not 1.1, 2.1 or 3.0.', '/_format_version')
  const root = settleDeclaration(given, report)
  reportKeys(root, report)
  const services = readServices(root, report)
  const routes = readRoutes(root, services, report)
  return {
    routes,
    gateway: orderKongRoutes(routes),
    services: services.map(({ service }) => service),
    consumers: readConsumers(root),
    problems,
  }
}

interface Backend { service: KongService, raw: Json, where: string }

function readServices (root: Json, report: Report): Backend[] {
  const backends = objectsOf(root.services).map((raw, index): Backend => ({ service: readService(raw), raw, where: `/services/${index}` }))
  for (const [index, { service, where }] of backends.entries()) {
    if (service.url === '') report('warning', 'service-without-host', `Service ${service.name || index} has neither url nor host.`, where)
  }
  return backends
}

function readRoutes (root: Json, backends: readonly Backend[], report: Report): KongRoute[] {
  const byName = new Map<string, Backend>()
  for (const backend of [...backends].reverse()) byName.set(backend.service.id, backend).set(backend.service.name, backend)
  const nested = backends.flatMap((backend) => objectsOf(backend.raw.routes).map((route, index) =>
    readRoute(route, backend, `${backend.where}/routes/${index}`, report)))
  const top = objectsOf(root.routes).map((route, index) => {
    const where = `/routes/${index}`
    const name = textOf(route.name) || textOf(route.id) || index
    const missing = (): void => report('error', 'unknown-service', `Route ${name} refers to a service that is not there.`, where)
    return readRoute(route, backendOf(route, byName, missing), where, report)
  })
  return [...nested, ...top].flat()
}

function readService (service: Json): KongService {
  const { protocol, host, port, path } = service
  const authority = textOf(host) + (textOf(port) === '' ? '' : `:${textOf(port)}`)
  const written = authority === '' ? '' : `${textOf(protocol) || 'http'}://${authority}${textOf(path)}`
  const name = textOf(service.name) || textOf(service.id) || textOf(host)
  return { name, id: textOf(service.id), url: textOf(service.url) || written, tags: stringsOf(service.tags) }
}

function backendOf (route: Json, backends: ReadonlyMap<string, Backend>, missing: () => void): Backend | undefined {
  const reference = isObject(route.service) ? textOf(route.service.name) || textOf(route.service.id) : textOf(route.service)
  if (reference === '') return undefined
  const found = backends.get(reference)
  if (found === undefined) missing()
  return found
}

const streams = new Set(['tcp', 'tls', 'tls_passthrough', 'udp'])

function readRoute (route: Json, backend: Backend | undefined, where: string, report: Report): KongRoute[] {
  const protocols = stringsOf(route.protocols)
  if (backend?.raw.enabled === false || (protocols.length > 0 && protocols.every((protocol) => streams.has(protocol)))) return []
  const name = textOf(route.name) || textOf(route.id)
  reportLimits(route, name, backend, where, report)
  return [{
    name,
    id: textOf(route.id),
    service: backend?.service.name ?? '',
    paths: textOf(route.expression) === '' ? stringsOf(route.paths) : [],
    ...textOf(route.expression) !== '' && { expression: textOf(route.expression) },
    hosts: stringsOf(route.hosts),
    ...stringsOf(route.snis).length > 0 && { snis: stringsOf(route.snis) },
    methods: stringsOf(route.methods),
    headers: readHeaders(route.headers),
    strip_path: route.strip_path !== false,
    regex_priority: typeof route.regex_priority === 'number' ? route.regex_priority : 0,
    service_url: backend?.service.url ?? '',
  }]
}

/** Says what of a route is not understood, and what that means. */
function reportLimits (route: Json, name: string, backend: Backend | undefined, where: string, report: Report): void {
  if (textOf(route.expression) !== '') {
    report('warning', 'route-expression', `Route ${name} is an expression, which is not evaluated: only records that name the route find it.`, `${where}/expression`)
  }
  for (const [header, values] of Object.entries(readHeaders(route.headers))) {
    if (!values.some((value) => value.startsWith('~*') && compileSearch(value.slice(2)) === null)) continue
    report('warning', 'header-pattern', `Route ${name}: the pattern for header ${header} is not understood; any value fits.`, `${where}/headers`)
  }
  if (textOf(route.path_handling) === 'v1' && /^[a-z+.-]+:\/\/[^/]+\/./.test(backend?.service.url ?? '')) {
    report('warning', 'path-handling', `Route ${name} has path_handling v1; the path of its service is put before a request's as v0 does.`, `${where}/path_handling`)
  }
}

function readHeaders (headers: unknown): Record<string, string[]> {
  return isObject(headers) ? Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, stringsOf(values)])) : {}
}

const credentialLists = [
  'keyauth_credentials', 'jwt_secrets', 'basicauth_credentials', 'hmacauth_credentials', 'oauth2_credentials', 'mtls_auth_credentials',
] as const

function readConsumers (root: Json): KongConsumer[] {
  const owned = new Map<string, Json[]>()
  for (const credential of credentialLists.flatMap((list) => objectsOf(root[list]))) {
    const owner = ownerOf(credential)
    const list = owned.get(owner)
    if (list === undefined) owned.set(owner, [credential])
    else list.push(credential)
  }
  return objectsOf(root.consumers).map((consumer) => {
    const names = [...new Set([consumer.username, consumer.id, consumer.custom_id].map(textOf))].filter((name) => name !== '')
    const nested = credentialLists.flatMap((list) => objectsOf(consumer[list]))
    const top = names.flatMap((name) => owned.get(name) ?? [])
    return {
      username: textOf(consumer.username),
      custom_id: textOf(consumer.custom_id),
      id: textOf(consumer.id),
      credentials: [...nested, ...top].map((credential) => textOf(credential.id)).filter((id) => id !== ''),
      tags: stringsOf(consumer.tags),
    }
  })
}

function ownerOf (credential: Json): string {
  const { consumer } = credential
  return isObject(consumer) ? textOf(consumer.username) || textOf(consumer.id) : textOf(consumer)
}
