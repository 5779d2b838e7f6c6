/** What a configuration is made of. This file imports nothing that works with it. */
import type { HealthEntry } from './declarative-health.ts'
import type { RouteRules } from './declarative-route.ts'

/** A backend. Times are in ms. */
export interface Service {
  id: string
  name: string
  protocol: 'http' | 'https'
  host: string
  port: number
  path: string
  retries: number
  connectTimeout: number
  writeTimeout: number
  readTimeout: number
  verify: boolean
  enabled: boolean
  /** The entity as Kong's log serializer writes it, ready as JSON. */
  json: string
}

/** A way in. `name` is '' when the file gives none, and so below. */
export interface Route {
  id: string
  name: string
  entry: RouteRules
  service: Service | undefined
  workspace: string
  json: string
}

/** A caller that a credential identifies. */
export interface Consumer {
  id: string
  username: string
  customId: string
  json: string
}

/** A key of a consumer. */
export interface Credential {
  id: string
  key: string
  consumer: Consumer
}

/** One address of an upstream; a weight of 0 takes it out. */
export interface Target {
  host: string
  port: number
  weight: number
}

/** A named set of targets: what a service's host may name instead of a host. */
export interface Upstream {
  name: string
  hostHeader: string
  targets: Target[]
  health: HealthEntry | undefined
}

/** Who may call, and what of a request gives that away. */
export interface Callers {
  consumers: Consumer[]
  /** By key. */
  credentials: ReadonlyMap<string, Credential>
  /** Lower-case names of headers and query parameters that carry credentials. */
  secretNames: ReadonlySet<string>
}
