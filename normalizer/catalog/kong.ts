/** Kong's declarative configuration, format 3.0 (and older): https://developer.konghq.com/gateway/db-less-mode/ */
import type { GatewayMap, GatewayRoute, Problem } from '../endpoint.ts'
import { isObject, objectsOf, stringsOf, textOf } from './references.ts'
import type { Json } from './references.ts'

/** A backend of the gateway. */
export interface KongService { name: string, id: string, url: string, tags: string[] }

/** A caller of the gateway. Credentials are ids, never secrets. */
export interface KongConsumer { username: string, custom_id: string, id: string, credentials: string[], tags: string[] }

/** What was read. */
export interface KongCatalog {
  gateway: GatewayMap
  services: KongService[]
  consumers: KongConsumer[]
  problems: Problem[]
}

/** Reads a parsed declarative file. Junk becomes problems; never throws. */
export function readKong (declarative: unknown, options: { source: string }): KongCatalog {
  const problems: Problem[] = []
  const report = (severity: Problem['severity'], code: string, message: string, where: string): void => {
    problems.push({ severity, code, message, source: options.source, where })
  }
  const root = isObject(declarative) ? declarative : {}
  if (!isObject(declarative)) report('error', 'not-a-document', 'The gateway configuration is not an object.', '')
  else if (!/^[123](?:\.\d+)?$/.test(textOf(root._format_version))) {
    report('warning', 'unknown-format', '_format_version is not 1.1, 2.1 or 3.0.', '/_format_version')
  }
  const backends = objectsOf(root.services)
  const services = backends.map(readService)
  for (const [index, service] of services.entries()) {
    if (service.url === '') report('warning', 'service-without-host', `Service ${service.name || index} has neither url nor host.`, `/services/${index}`)
  }
  const nested = backends.flatMap((service, index) => objectsOf(service.routes).map((route) => readRoute(route, services[index])))
  const top = objectsOf(root.routes).map((route, index) => readRoute(route, serviceOf(route, services, () =>
    report('error', 'unknown-service', `Route ${textOf(route.name)} refers to a service that is not there.`, `/routes/${index}`))))
  return { gateway: { kind: 'kong', routes: [...nested, ...top] }, services, consumers: readConsumers(root), problems }
}

function readService (service: Json): KongService {
  const { protocol, host, port, path } = service
  const authority = textOf(host) + (textOf(port) === '' ? '' : `:${textOf(port)}`)
  const written = authority === '' ? '' : `${textOf(protocol) || 'http'}://${authority}${textOf(path)}`
  const name = textOf(service.name) || textOf(service.id) || textOf(host)
  return { name, id: textOf(service.id), url: textOf(service.url) || written, tags: stringsOf(service.tags) }
}

function serviceOf (route: Json, services: readonly KongService[], missing: () => void): KongService | undefined {
  const reference = isObject(route.service) ? textOf(route.service.name) || textOf(route.service.id) : textOf(route.service)
  if (reference === '') return undefined
  const found = services.find((service) => service.name === reference || service.id === reference)
  if (found === undefined) missing()
  return found
}

function readRoute (route: Json, service: KongService | undefined): GatewayRoute {
  return {
    name: textOf(route.name) || textOf(route.id),
    id: textOf(route.id),
    service: service?.name ?? '',
    paths: stringsOf(route.paths),
    hosts: stringsOf(route.hosts),
    methods: stringsOf(route.methods),
    headers: readHeaders(route.headers),
    strip_path: route.strip_path !== false,
    regex_priority: typeof route.regex_priority === 'number' ? route.regex_priority : 0,
    service_url: service?.url ?? '',
  }
}

function readHeaders (headers: unknown): Record<string, string[]> {
  if (!isObject(headers)) return {}
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, stringsOf(values)]))
}

const credentialLists = [
  'keyauth_credentials', 'jwt_secrets', 'basicauth_credentials', 'hmacauth_credentials', 'oauth2_credentials', 'mtls_auth_credentials',
] as const

function readConsumers (root: Json): KongConsumer[] {
  return objectsOf(root.consumers).map((consumer) => {
    const names = [consumer.username, consumer.id, consumer.custom_id].map(textOf).filter((name) => name !== '')
    const nested = credentialLists.flatMap((list) => objectsOf(consumer[list]))
    const top = credentialLists.flatMap((list) => objectsOf(root[list])).filter((credential) => names.includes(ownerOf(credential)))
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
