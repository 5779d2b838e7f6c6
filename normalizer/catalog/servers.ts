/**
 * Where documents say that they are served: OpenAPI 3 `servers` (Server Object, variables with default and enum,
 * relative URLs) and Swagger 2 `host` + `basePath`.
 */
import type { Server } from '../endpoint.ts'
import { normalizeHost } from '../path.ts'
import { isObject, objectsOf, stringsOf, textOf } from './references.ts'
import type { Json } from './references.ts'

/** More base paths of one server than this are not enumerated: the defaults must do. */
const maxVariants = 256

/**
 * The servers of an OpenAPI 3 object, `inherited` when it declares none. A host variable without enum becomes `*`;
 * a base path variable takes its default and its enum.
 */
export function readServers (holder: Json, inherited: readonly Server[]): readonly Server[] {
  const declared = objectsOf(holder.servers).filter((server) => typeof server.url === 'string')
  return declared.length === 0 ? inherited : unique(declared.flatMap(expandServer))
}

/** The one server of a Swagger 2 document. */
export function readSwaggerServer (document: Json): readonly Server[] {
  return [{ host: normalizeHost(textOf(document.host)), basePath: trimBase(textOf(document.basePath)) }]
}

function expandServer (server: Json): Server[] {
  const { host, path } = splitUrl(textOf(server.url).trim())
  const variables = isObject(server.variables) ? server.variables : {}
  const hosts = fill(host, variables, true)
  return fill(path, variables, false).flatMap((basePath) =>
    hosts.map((name) => ({ host: normalizeHost(name), basePath: trimBase(basePath) })))
}

function splitUrl (url: string): { host: string, path: string } {
  const match = /^(?:[a-z][a-z0-9+.-]*:|\{[^{}/]*\}:)?\/\/([^/?#]*)([^?#]*)/i.exec(url)
  if (match !== null) return { host: match[1]!.slice(match[1]!.lastIndexOf('@') + 1), path: match[2]! }
  const bare = /^[^?#]*/.exec(url)?.[0] ?? ''
  // `{server}/v1`: the variable is a whole origin.
  const origin = /^\{[^{}/]*\}(?=\/|$)/.exec(bare)?.[0]
  return origin === undefined ? { host: '', path: bare } : { host: origin, path: bare.slice(origin.length) }
}

function fill (text: string, variables: Json, open: boolean): string[] {
  let variants = ['']
  for (const part of text.split(/(\{[^{}]*\})/)) {
    const values = /^\{.*\}$/.test(part) ? valuesOf(variables[part.slice(1, -1)], part, open) : [part]
    const usable = values.length * variants.length > maxVariants ? values.slice(0, 1) : values
    variants = variants.flatMap((variant) => usable.map((value) => variant + value))
  }
  return variants
}

function valuesOf (variable: unknown, expression: string, open: boolean): string[] {
  if (!isObject(variable)) return [open ? '*' : expression]
  const listed = stringsOf(variable.enum)
  const all = [...new Set([textOf(variable.default), ...listed])]
  if (!open) return all
  // Without an enum any value is legal; the default alone would miss the tenants.
  return listed.length === 0 || all.length > maxVariants ? ['*'] : all
}

/** Base paths that are whole URLs (a variable held one) keep their path. */
function trimBase (path: string): string {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(path)?.[0] ?? ''
  const trimmed = path.slice(origin.length).replace(/^\.(?=\/|$)/, '').replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? '' : `/${trimmed}`
}

function unique (servers: Server[]): Server[] {
  const seen = new Map(servers.map((server) => [`${server.host} ${server.basePath}`, server]))
  return [...seen.values()]
}
