import { z } from 'zod'
import type { KongReading } from '../kong/read.ts'
import { readKongFiles } from '../kong/read.ts'
import { checkConfig, nearest } from '../runtime/config.ts'
import type { ConfigSource } from '../runtime/config.ts'
import { declarativeSchema } from './declarative.ts'
import type {
  ConfiguredPlugin, ConsumerEntry, CredentialEntry, Declarative, RouteEntry, ServiceEntry, TargetEntry, UpstreamEntry,
} from './declarative.ts'
import type { Callers, Consumer, Credential, Route, Service, Upstream } from './entity.ts'
import { makeConsumer, makeRoute, makeService, makeTarget } from './entry.ts'
import type { Path, Placed, Report } from './entry.ts'
import { entityId } from './ids.ts'
import { soleDeclaration } from './sole.ts'

/** What a plugin is configured for; all undefined is everything. */
export interface Scope {
  service: Service | undefined
  route: Route | undefined
  consumer: Consumer | undefined
}

/** A plugin and what it is configured for. */
export interface PluginEntry {
  plugin: ConfiguredPlugin
  scope: Scope
}

/** A configuration with all references resolved and all defaults filled in; enabled plugins only. */
export interface Entities extends Callers {
  services: Service[]
  routes: Route[]
  upstreams: ReadonlyMap<string, Upstream>
  plugins: PluginEntry[]
}

/**
 * Reads a declarative configuration out of one or several files. `now` (epoch s) becomes the creation time of entities that
 * name none. Throws CONFIG_SYNTAX, CONFIG_VARIABLE or CONFIG_INVALID with file, line and path; relative order of entities is kept.
 */
export function readDeclarative (sources: ConfigSource | readonly ConfigSource[], now: number): Entities {
  const files = [sources].flat().map(({ path, text }) => ({ path, text, named: true }))
  return resolveReading(readKongFiles(files), now)
}

/** The same for files that have been read. */
export function resolveReading (reading: KongReading, now: number): Entities {
  const { declaration: { document, placeOf }, parts, code } = soleDeclaration(reading)
  const shown = (at: readonly PropertyKey[]): string => {
    const { path, line } = placeOf(at)
    return `${path}:${line}`
  }
  return checkConfig(document, declarativeSchema.transform((file, context) => resolve(file, now, context)), shown, { code, parts })
}

type Reference = string | { id?: string | null, name?: string | null, username?: string | null } | null | undefined

function resolve (file: Declarative, now: number, context: z.RefinementCtx): Entities {
  let broken = false
  const report: Report = (path, message) => { broken = true; context.addIssue({ code: 'custom', path, message }) }
  const services = placed(file.services, ['services']).map((item, index) => ({ ...item, made: makeService(item, index, now, report) }))
  const find = { service: finder('service', services.map((item) => item.made), report) }
  const routes = [
    ...services.flatMap((item) => placed(item.value.routes, [...item.at, 'routes']).map((route) => ({ ...route, service: item.made }))),
    ...placed(file.routes, ['routes']).map((route) => ({ ...route, service: find.service(route.value.service, [...route.at, 'service']) })),
  ].map((item, index) => ({ ...item, made: makeRoute(item, index, now, report) }))
  const consumers = placed(file.consumers, ['consumers']).map((item) => ({ ...item, made: makeConsumer(item.value, now) }))
  const owners: Owners = { services, routes, consumers }
  const finders: Finders = {
    ...find,
    route: finder('route', routes.map((item) => item.made), report),
    consumer: finder('consumer', consumers.map((item) => item.made), report),
  }
  const plugins = pluginsOf(file, owners, finders, report)
  const entities: Entities = {
    services: services.map((item) => item.made),
    routes: routes.map((item) => item.made),
    upstreams: upstreamsOf(file, report),
    consumers: consumers.map((item) => item.made),
    credentials: credentialsOf(file, consumers, finders, report),
    plugins,
    secretNames: new Set(['apikey', ...plugins.flatMap((item) => item.plugin.secretNames)].map((name) => name.toLowerCase())),
  }
  return broken ? z.NEVER : entities
}

function placed<T> (items: T[] | null | undefined, at: Path): Array<Placed<T>> {
  return (items ?? []).map((value, index) => ({ value, at: [...at, index] }))
}

interface Owners {
  services: Array<Placed<ServiceEntry> & { made: Service }>
  routes: Array<Placed<RouteEntry> & { made: Route }>
  consumers: Array<Placed<ConsumerEntry> & { made: Consumer }>
}

interface Finders {
  service: (reference: Reference, at: Path) => Service | undefined
  route: (reference: Reference, at: Path) => Route | undefined
  consumer: (reference: Reference, at: Path) => Consumer | undefined
}

function finder<T extends { id: string, name?: string, username?: string }> (kind: string, all: T[], report: Report) {
  const nameOf = (item: T): string => item.name ?? item.username ?? ''
  const byId = new Map(all.map((item) => [item.id, item]))
  const byName = new Map(all.map((item) => [nameOf(item), item]))
  byName.delete('')
  return (reference: Reference, at: Path): T | undefined => {
    if (reference === null || reference === undefined) return undefined
    const wanted = typeof reference === 'string' ? reference : reference.id ?? reference.name ?? reference.username ?? ''
    const found = byId.get(wanted) ?? byName.get(wanted)
    if (found === undefined) report(at, `no ${kind} "${wanted}" in this file${nearest(wanted, [...byName.keys()]).replace('known keys', 'it has')}`)
    return found
  }
}

function credentialsOf (file: Declarative, consumers: Owners['consumers'], finders: Finders, report: Report): Map<string, Credential> {
  const nested = consumers.flatMap((item) =>
    placed(item.value.keyauth_credentials, [...item.at, 'keyauth_credentials']).map((entry) => ({ ...entry, consumer: item.made as Consumer | undefined })))
  const flat = placed(file.keyauth_credentials, ['keyauth_credentials']).map((entry) => ({ ...entry, consumer: ownerOf(entry, finders, report) }))
  const byKey = new Map<string, Credential>()
  for (const { value, at, consumer } of [...nested, ...flat]) {
    if (consumer === undefined) continue
    if (byKey.has(value.key)) report([...at, 'key'], 'two credentials have this key')
    // Never derived from the key itself: the id stands in logs, and a hash of a weak key gives it away.
    byKey.set(value.key, { id: value.id ?? entityId('keyauth_credentials', `${consumer.id}:${at.join('.')}`), key: value.key, consumer })
  }
  return byKey
}

function ownerOf ({ value, at }: Placed<CredentialEntry>, finders: Finders, report: Report): Consumer | undefined {
  if (value.consumer === null || value.consumer === undefined) report(at, 'a credential outside of a consumer needs consumer')
  return finders.consumer(value.consumer, [...at, 'consumer'])
}

function upstreamsOf (file: Declarative, report: Report): Map<string, Upstream> {
  const entries = placed(file.upstreams, ['upstreams'])
  const flat = placed(file.targets, ['targets'])
  const byName = new Map<string, Upstream>()
  for (const { value, at } of entries) {
    const own = placed(value.targets, [...at, 'targets'])
    const others = flat.filter((item) => refersTo(item.value.upstream, value))
    byName.set(value.name, {
      name: value.name,
      hostHeader: value.host_header ?? '',
      health: value.healthchecks ?? undefined,
      targets: [...own, ...others].flatMap((item) => makeTarget(item, report)),
    })
  }
  for (const { value, at } of flat) {
    if (!entries.some((item) => refersTo(value.upstream, item.value))) report([...at, 'upstream'], 'no such upstream in this file')
  }
  return byName
}

function refersTo (reference: TargetEntry['upstream'], upstream: UpstreamEntry): boolean {
  const wanted = typeof reference === 'string' ? reference : reference?.id ?? reference?.name
  return wanted !== undefined && wanted !== null && (wanted === upstream.name || wanted === upstream.id)
}

function pluginsOf (file: Declarative, owners: Owners, finders: Finders, report: Report): PluginEntry[] {
  const none: Scope = { service: undefined, route: undefined, consumer: undefined }
  const all = [
    ...placed(file.plugins, ['plugins']).map((item) => ({ ...item, scope: none })),
    ...owners.services.flatMap((owner) => placed(owner.value.plugins, [...owner.at, 'plugins']).map((item) => ({ ...item, scope: { ...none, service: owner.made } }))),
    ...owners.routes.flatMap((owner) => placed(owner.value.plugins, [...owner.at, 'plugins']).map((item) => ({ ...item, scope: { ...none, route: owner.made } }))),
    ...owners.consumers.flatMap((owner) => placed(owner.value.plugins, [...owner.at, 'plugins']).map((item) => ({ ...item, scope: { ...none, consumer: owner.made } }))),
  ]
  const seen = new Set<string>()
  return all.flatMap(({ value, at, scope }) => {
    const full: Scope = {
      service: scope.service ?? finders.service(value.service, [...at, 'service']),
      route: scope.route ?? finders.route(value.route, [...at, 'route']),
      consumer: scope.consumer ?? finders.consumer(value.consumer, [...at, 'consumer']),
    }
    const key = [value.name, full.service?.id, full.route?.id, full.consumer?.id].join('|')
    if (seen.has(key)) report(at, `plugin ${value.name} is configured twice for the same scope`)
    if (full.consumer !== undefined && !value.perConsumer) {
      report(at, `plugin ${value.name} cannot be configured for a consumer: it identifies them`)
    }
    seen.add(key)
    return value.enabled ? [{ plugin: value, scope: full }] : []
  })
}
