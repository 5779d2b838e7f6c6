/**
 * A declarative file of Kong or decK with everything written where it applies: `_info.defaults`, `_info.select_tags`,
 * `_plugin_configs` and the paths of older formats. https://developer.konghq.com/deck/gateway/defaults/,
 * https://developer.konghq.com/deck/gateway/tags/, https://developer.konghq.com/deck/gateway/de-duplicate-plugin-configuration/
 */
import { migratePath } from './kong-path.ts'
import { isObject, listOf, textOf } from './references.ts'
import type { Json } from './references.ts'

/** Says what is wrong and where (JSON pointer). */
export type Report = (severity: 'error' | 'warning', code: string, message: string, where: string) => void

/**
 * The same declaration in format 3.0, without what has been written out; entities keep their places, and what is given
 * at an entity wins. Doing it twice changes nothing. Never throws.
 */
export function settleDeclaration (root: Json, report: Report): Json {
  const { _info: info, _plugin_configs: configs, ...rest } = migrateFormat(root)
  reportInfo(info, report)
  const defaults = isObject(info) && isObject(info.defaults) ? info.defaults : {}
  const tags = isObject(info) ? listOf(info.select_tags) : []
  const context: Context = { defaults, tags, configs: isObject(configs) ? configs : {}, report }
  return { ...rest, ...settleLists(rest, '', context) }
}

/** The same declaration in format 3.0: paths of formats 1.1 and 2.1 that are patterns get their sign. */
export function migrateFormat (root: Json): Json {
  const version = formatOf(root)
  if (version === '3.0' && root._format_version !== version) return { ...root, _format_version: version }
  if (!/^[12]\.1$/.test(version)) return root
  const own = { ...withPaths(root), _format_version: '3.0' }
  return Array.isArray(root.services) ? { ...own, services: mapObjects(root.services, withPaths) } : own
}

function withPaths (holder: Json): Json {
  if (!Array.isArray(holder.routes)) return holder
  const routes = mapObjects(holder.routes, (route) => Array.isArray(route.paths) ? { ...route, paths: route.paths.map(migrated) } : route)
  return { ...holder, routes }
}

function mapObjects (list: readonly unknown[], change: (entity: Json) => Json): unknown[] {
  return list.map((entity) => isObject(entity) ? change(entity) : entity)
}

function migrated (path: unknown): unknown {
  return typeof path === 'string' ? migratePath(path) : path
}

/** `_format_version` as text: YAML makes a number of 3.0 without quotes. */
export function formatOf ({ _format_version: version }: Json): string {
  return typeof version === 'number' && Number.isInteger(version) ? `${version}.0` : textOf(version)
}

interface Context { defaults: Json, tags: readonly unknown[], configs: Json, report: Report }

/** What stands below which entity, and which entry of the defaults is for it. */
const kinds: Readonly<Record<string, { name: string, isTagged: boolean }>> = {
  services: { name: 'service', isTagged: true },
  routes: { name: 'route', isTagged: true },
  consumers: { name: 'consumer', isTagged: true },
  consumer_groups: { name: 'consumer_group', isTagged: true },
  upstreams: { name: 'upstream', isTagged: true },
  targets: { name: 'target', isTagged: true },
  plugins: { name: 'plugin', isTagged: false },
}

function settleLists (holder: Json, at: string, context: Context): Json {
  return Object.fromEntries(Object.keys(kinds).flatMap((list) => {
    const entries = Object.hasOwn(holder, list) ? holder[list] : undefined
    if (!Array.isArray(entries)) return []
    return [[list, entries.map((entry, index) => isObject(entry) ? settleEntity(list, entry, `${at}/${list}/${index}`, context) : entry)]]
  }))
}

function settleEntity (list: string, entity: Json, at: string, context: Context): Json {
  const { name, isTagged } = kinds[list]!
  if (name === 'plugin') return settlePlugin(entity, at, context)
  const own = { ...entity, ...settleLists(entity, at, context) }
  const shaped = name === 'route' ? settleRoute(own) : own
  const defaults = Object.hasOwn(context.defaults, name) ? context.defaults[name] : undefined
  const filled = isObject(defaults) ? fill(shaped, name === 'service' ? beside(shaped, defaults) : defaults) : shaped
  return isTagged && context.tags.length > 0 ? { ...filled, tags: [...new Set([...listOf(filled.tags), ...context.tags])] } : filled
}

/** decK writes `strip_path: false` where the protocols have no paths, whatever the default. */
function settleRoute (route: Json): Json {
  const isRpc = listOf(route.protocols).some((protocol) => protocol === 'grpc' || protocol === 'grpcs')
  return isRpc && isAbsent(route.strip_path) ? { ...route, strip_path: false } : route
}

/** `url` stands for these four. */
function beside (service: Json, defaults: Json): Json {
  if (isAbsent(service.url)) return defaults
  const { protocol: _protocol, host: _host, port: _port, path: _path, ...others } = defaults
  return others
}

function settlePlugin ({ _config: source, ...plugin }: Json, at: string, { configs, report }: Context): Json {
  if (isAbsent(source)) return plugin
  const name = textOf(source)
  const config = Object.hasOwn(configs, name) ? configs[name] : undefined
  if (!isObject(config)) {
    report('error', 'unknown-plugin-config', `Plugin ${textOf(plugin.name)} takes its configuration from "${name}", which _plugin_configs does not have.`, `${at}/_config`)
    return plugin
  }
  return { ...plugin, config: merge(isObject(plugin.config) ? plugin.config : {}, config) }
}

function merge (own: Json, shared: Json): Json {
  const added = Object.entries(shared).flatMap(([key, value]): Array<[string, unknown]> => {
    if (!Object.hasOwn(own, key)) return [[key, value]]
    return isObject(own[key]) && isObject(value) ? [[key, merge(own[key], value)]] : []
  })
  return { ...own, ...Object.fromEntries(added) }
}

/** Fills what is absent, null or an empty list, at every depth. */
function fill (entity: Json, defaults: Json): Json {
  const added = Object.entries(defaults).flatMap(([key, value]): Array<[string, unknown]> => {
    const own = Object.hasOwn(entity, key) ? entity[key] : undefined
    if (isAbsent(own) || (Array.isArray(own) && own.length === 0)) return [[key, value]]
    return isObject(own) && isObject(value) ? [[key, fill(own, value)]] : []
  })
  return { ...entity, ...Object.fromEntries(added) }
}

function isAbsent (value: unknown): boolean {
  return value === undefined || value === null
}

const infoKeys = new Set(['select_tags', 'defaults', 'default_lookup_tags', 'consumer_group_policy_overrides', 'skip_hash_for_basic_auth', 'include_plugin_definitions'])
const defaultKeys = new Set(['service', 'route', 'upstream', 'target', 'consumer_group'])

function reportInfo (info: unknown, report: Report): void {
  if (isAbsent(info)) return
  if (!isObject(info)) return report('error', 'invalid-info', '_info is not an object.', '/_info')
  for (const key of Object.keys(info)) if (!infoKeys.has(key)) report('warning', 'unknown-key', `_info has no key "${key}".`, `/_info/${key}`)
  const { defaults } = info
  if (isAbsent(defaults)) return
  if (!isObject(defaults)) return report('error', 'invalid-info', '_info.defaults is not an object.', '/_info/defaults')
  for (const [key, value] of Object.entries(defaults)) {
    if (!defaultKeys.has(key)) report('warning', 'unknown-key', `_info.defaults has no key "${key}".`, `/_info/defaults/${key}`)
    else if (!isAbsent(value) && !isObject(value)) report('error', 'invalid-info', `The defaults of ${key} are not an object.`, `/_info/defaults/${key}`)
  }
}
