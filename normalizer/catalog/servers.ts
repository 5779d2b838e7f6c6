/**
 * Where documents say that they are served: OpenAPI 3 `servers` (Server Object, variables with default and enum,
 * relative URLs) and Swagger 2 `host` + `basePath`.
 */
import type { Server } from '../endpoint.ts'
import { normalizeHost } from '../path.ts'
import { resolveUrl } from './document-url.ts'
import { isObject, objectsOf, stringsOf, textOf } from './references.ts'
import type { Json } from './references.ts'

/** Where values of variables give more hosts, or more base paths, than this, the variables stand for any value. */
const maxVariants = 256
/** The same for hosts and base paths together. */
const maxPlaces = 4096

/**
 * The servers of an OpenAPI 3 object, `inherited` when it declares none. A variable with an enum takes its values; one
 * without may have any value: it becomes `*` in a host, and a host that is nothing else is any host; in a base path it
 * stays a parameter. `documentUrl` is what relative URLs are resolved against, '' when the document has no URL.
 */
export function readServers (holder: Json, inherited: readonly Server[], documentUrl = ''): readonly Server[] {
  const declared = objectsOf(holder.servers).filter((server) => typeof server.url === 'string')
  return declared.length === 0 ? inherited : unique(declared.flatMap((server) => expandServer(server, documentUrl)))
}

/** The one server of a Swagger 2 document; Azure's `x-ms-parameterized-host` may stand in for the host. */
export function readSwaggerServer (document: Json): readonly Server[] {
  const basePath = textOf(document.basePath)
  const extension = document['x-ms-parameterized-host']
  const template = isObject(extension) ? textOf(extension.hostTemplate) : ''
  const host = textOf(document.host) === '' ? template : textOf(document.host)
  if (host === '') return expandServer({ url: basePath })
  const front = host.includes('//') || wholeOrigin.test(host) ? host : `//${host}`
  return unique(expandServer({ url: `${front.replace(/\/+$/, '')}${trimBase(basePath)}` }))
}

/** `{server}` in front of a path: the variable is a whole origin, or else the beginning of the path. */
const wholeOrigin = /^\{([^{}/]*)\}(?=\/|$)/

function expandServer (server: Json, documentUrl = ''): Server[] {
  const variables = isObject(server.variables) ? server.variables : {}
  const urls = urlsOf(textOf(server.url).trim(), variables, documentUrl)
  const most = Math.max(1, Math.floor(maxVariants / urls.length))
  return urls.flatMap((url) => {
    const { host, path } = splitUrl(url)
    const hosts = hostsOf(host, variables, most)
    const paths = fill(path, variables, false, Math.min(most, Math.max(1, Math.floor(maxPlaces / urls.length / hosts.length))))
    return paths.flatMap((basePath) => hosts.flatMap((name) => placesOf(name, basePath, variables)))
  })
}

/** A default of as many segments is one of the values. One of several segments is where the API stands, with a label of its own. */
function placesOf (host: string, path: string, variables: Json): Server[] {
  const basePath = trimBase(path)
  if (!path.includes('{')) return [{ host, basePath }]
  const defaultPath = trimBase(path.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = variables[name]
    return isObject(variable) && variable.default !== undefined ? textOf(variable.default) : whole
  }).replace(/\/{2,}/g, '/'))
  if (defaultPath === basePath) return [{ host, basePath }]
  if (depthOf(defaultPath) <= depthOf(basePath)) return [{ host, basePath, defaultPath }]
  return [{ host, basePath: defaultPath }, { host, basePath }]
}

function depthOf (path: string): number {
  return path.split('/').length
}

/** The URLs that a server's may be read as, the likeliest first. */
function urlsOf (url: string, variables: Json, documentUrl: string): string[] {
  const origin = wholeOrigin.exec(url)
  if (origin !== null) return originsOf(url.slice(origin[0].length), origin[1]!, variables[origin[1]!])
  // A host without a scheme: by the letter it is a relative path, and it stays one too.
  if (/^(?:localhost|(?:[a-z0-9-]+\.)+[a-z]{2,}|\d+(?:\.\d+){3})(?::\d+)?(?:\/|$)/i.test(url)) return [`//${url}`, url]
  return unfoldPaths(url, variables).flatMap((one) => resolveUrl(one, documentUrl))
}

/** Values may be origins, paths, or mere names of what is to be filled in. */
function originsOf (rest: string, name: string, variable: unknown): string[] {
  const values = isObject(variable) ? valuesOf(variable).filter((value) => value !== '') : []
  const isPath = values.some((value) => value.startsWith('/'))
  if (values.length > maxVariants || (isObject(variable) && isOpen(variable))) return isPath ? [`/{${name}}${rest}`] : [`//*${rest}`, ...values.slice(0, 1).map((value) => value + rest)]
  return [...isObject(variable) ? [] : [`//*${rest}`], ...values.map((value) => value + rest)]
}

/** `https://api.example.com{basePath}`: a variable whose value begins with a slash ends the host. */
function unfoldPaths (url: string, variables: Json): string[] {
  let urls = [url]
  for (const [name, variable] of Object.entries(variables)) {
    const values = isObject(variable) && url.includes(`{${name}}`) ? valuesOf(variable) : []
    if (!values.some((value) => value.startsWith('/'))) continue
    const any = isOpen(variable as Json) || values.length * urls.length > maxVariants
    urls = urls.flatMap((one) => (any ? [`/{${name}}`] : values).map((value) => one.replaceAll(`{${name}}`, () => value).replace(/([^:/])\/{2,}/g, '$1/')))
  }
  return urls
}

function splitUrl (url: string): { host: string, path: string } {
  const match = /^(?:[a-z][a-z0-9+.-]*:|\{[^{}/]*\}:)?\/\/([^/?#]*)([^?#]*)/i.exec(url)
  if (match === null) return { host: '', path: /^[^?#]*/.exec(url)?.[0] ?? '' }
  return { host: match[1]!.slice(match[1]!.lastIndexOf('@') + 1), path: match[2]! }
}

function fill (text: string, variables: Json, isHost: boolean, most: number): string[] {
  let variants = ['']
  for (const part of text.split(/(\{[^{}]*\})/)) {
    const values = /^\{.*\}$/.test(part) ? fillings(part, variables[part.slice(1, -1)], isHost) : [part]
    const usable = values.length * variants.length > most ? [isHost ? '*' : part] : values
    variants = variants.flatMap((variant) => usable.map((value) => variant + value))
  }
  return variants
}

function fillings (expression: string, variable: unknown, isHost: boolean): string[] {
  if (!isObject(variable)) return [isHost ? '*' : expression]
  // Without an enum any value is legal; the default alone would miss the tenants.
  return isOpen(variable) ? [isHost ? '*' : expression] : valuesOf(variable)
}

/** https://spec.openapis.org/oas/v3.1.1#server-variable-object: `enum` is there when values are from a limited set. */
function isOpen (variable: Json): boolean {
  return stringsOf(variable.enum).length === 0
}

/** Default and enum. */
function valuesOf (variable: Json): string[] {
  const listed = stringsOf(variable.enum)
  return variable.default === undefined && listed.length > 0 ? listed : [...new Set([textOf(variable.default), ...listed])]
}

/** A host that is nothing but variables is no host, though its defaults may name one. */
function hostsOf (text: string, variables: Json, most: number): string[] {
  const hosts = fill(text, variables, true, most).map((host) => normalizeHost(host).replace(/:\*$/, ''))
  if (!hosts.some((host) => /^[*.]+(?::\d+)?$/.test(host))) return hosts
  const named = normalizeHost(text.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = variables[name]
    return isObject(variable) ? textOf(variable.default) : whole
  }))
  return /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?$/.test(named) ? [named, ''] : ['']
}

/** Base paths that are whole URLs (a variable held one) keep their path. */
function trimBase (path: string): string {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(path)?.[0] ?? ''
  const trimmed = path.slice(origin.length).replace(/^(?:\.{1,2}(?=\/|$)\/*)+/, '').replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? '' : `/${trimmed}`
}

function unique (servers: Server[]): Server[] {
  const seen = new Map<string, Server>()
  for (const server of servers) {
    const key = `${server.host} ${server.basePath} ${server.defaultPath ?? ''}`
    if (!seen.has(key)) seen.set(key, server)
  }
  return [...seen.values()]
}
