/** Makes entities of the entries of a declarative file, one by one. What is wrong with an entry goes to `report`. */
import type { ConsumerEntry, RouteEntry, ServiceEntry, TargetEntry } from './declarative.ts'
import type { Consumer, Route, Service, Target } from './entity.ts'
import { defaultWorkspace, entityId } from './ids.ts'

/** Where in the file something stands. */
export type Path = Array<string | number>

/** An entry and its place. */
export interface Placed<T> { value: T, at: Path }

/** Notes a problem at a place. */
export type Report = (at: Path, message: string) => void

/** One service, with the defaults of Kong filled in; `now` (epoch s) stands for times that are not given. */
export function makeService ({ value, at }: Placed<ServiceEntry>, index: number, now: number, report: Report): Service {
  const url = value.url === null || value.url === undefined ? undefined : parseUrl(value.url)
  if (typeof value.url === 'string' && url === undefined) report([...at, 'url'], 'not an http or https address')
  const protocol = url?.protocol ?? value.protocol ?? 'http'
  const host = url?.host ?? value.host ?? ''
  const port = url?.port ?? value.port ?? 80
  const path = url === undefined ? value.path ?? undefined : url.path
  if (host === '' && typeof value.url !== 'string') report(at, 'a service needs url or host')
  const id = value.id ?? entityId('services', value.name ?? `${host}:${port}:${index}`)
  const json = JSON.stringify({
    id,
    name: value.name ?? undefined,
    host,
    port,
    protocol,
    path,
    retries: value.retries,
    connect_timeout: value.connect_timeout,
    read_timeout: value.read_timeout,
    write_timeout: value.write_timeout,
    enabled: value.enabled,
    tls_verify: value.tls_verify ?? undefined,
    ...stamps(value, now),
  })
  return {
    id,
    name: value.name ?? '',
    protocol,
    host,
    port,
    path: path ?? '/',
    retries: value.retries,
    connectTimeout: value.connect_timeout,
    writeTimeout: value.write_timeout,
    readTimeout: value.read_timeout,
    verify: value.tls_verify ?? true,
    enabled: value.enabled,
    json,
  }
}

function parseUrl (text: string): { protocol: 'http' | 'https', host: string, port: number, path: string | undefined } | undefined {
  const found = /^(https?):\/\/(\[[0-9a-fA-F:.]+\]|[^/:?#@\s]+)(?::(\d{1,5}))?(\/[^?#\s]*)?(?:[?#].*)?$/.exec(text)
  if (found === null) return undefined
  const protocol = found[1] === 'https' ? 'https' : 'http'
  const port = found[3] === undefined ? (protocol === 'https' ? 443 : 80) : Number(found[3])
  return port > 65535 ? undefined : { protocol, host: bare(found[2] ?? ''), port, path: found[4] }
}

function bare (host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

interface Stamped { created_at?: number | null, updated_at?: number | null, ws_id?: string | null, tags?: string[] | null }

function stamps (value: Stamped, now: number): Record<string, unknown> {
  return {
    created_at: value.created_at ?? now,
    updated_at: value.updated_at ?? now,
    ws_id: value.ws_id ?? defaultWorkspace,
    tags: value.tags ?? undefined,
  }
}

/** One route of a service, or of none. */
export function makeRoute (item: Placed<RouteEntry> & { service: Service | undefined }, index: number, now: number, report: Report): Route {
  const { value, at, service } = item
  const parts = [value.paths, value.hosts, value.methods, Object.keys(value.headers ?? {})]
  if (parts.every((part) => (part ?? []).length === 0)) report(at, 'a route needs at least one of paths, hosts, methods, headers')
  if (Object.keys(value.headers ?? {}).some((header) => header.toLowerCase() === 'host')) report([...at, 'headers'], 'write hosts instead of a host header')
  const id = value.id ?? entityId('routes', value.name ?? `${service?.id ?? ''}:${index}`)
  const json = JSON.stringify({
    id,
    name: value.name ?? undefined,
    paths: value.paths ?? undefined,
    methods: value.methods ?? undefined,
    hosts: value.hosts ?? undefined,
    headers: value.headers ?? undefined,
    protocols: value.protocols,
    strip_path: value.strip_path,
    preserve_host: value.preserve_host,
    path_handling: value.path_handling,
    regex_priority: value.regex_priority,
    https_redirect_status_code: value.https_redirect_status_code,
    request_buffering: value.request_buffering,
    response_buffering: value.response_buffering,
    service: service === undefined ? undefined : { id: service.id },
    ...stamps(value, now),
  })
  return { id, name: value.name ?? '', entry: value, service, workspace: value.ws_id ?? defaultWorkspace, json }
}

/** One consumer. */
export function makeConsumer (value: ConsumerEntry, now: number): Consumer {
  const id = value.id ?? entityId('consumers', value.username ?? `custom_id:${value.custom_id}`)
  const { ws_id: _, ...times } = stamps(value, now)
  const json = JSON.stringify({ id, username: value.username ?? undefined, custom_id: value.custom_id ?? undefined, ...times })
  return { id, username: value.username ?? '', customId: value.custom_id ?? '', json }
}

/** One target of an upstream, none when its address cannot be read. Kong's default port of a target is 8000. */
export function makeTarget ({ value, at }: Placed<TargetEntry>, report: Report): Target[] {
  const found = /^(\[[0-9a-fA-F:.]+\]|[^\s/:?#]+)(?::(\d{1,5}))?$/.exec(value.target)
  const port = Number(found?.[2] ?? 8000)
  if (found === null || port > 65535) {
    report([...at, 'target'], 'write host:port')
    return []
  }
  return [{ host: bare(found[1] ?? ''), port, weight: value.weight }]
}
