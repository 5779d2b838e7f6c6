import type { z } from 'zod'
import type { Logger } from '../runtime/log.ts'
import type { Callers } from './entity.ts'
import type { Exchange } from './exchange.ts'
import type { LogFile } from './log-file.ts'

/** A response that a plugin gives instead of the upstream's. */
export interface Answer {
  status: number
  message: string
  headers?: Record<string, string>
}

/** What a plugin may use of the gateway. */
export interface Environment {
  entities: Callers
  log: Logger
  /** The buffered appender for a path of the configuration; plugins that name the same path share one. */
  openLog (path: string, reopen: boolean): LogFile
}

/**
 * One configured plugin. `access` runs before the upstream is called and may answer instead of it; `header` runs before
 * response headers are sent; `log` runs after the response has ended, and nobody waits for it.
 */
export interface Hooks {
  access? (exchange: Exchange): Answer | undefined | Promise<Answer | undefined>
  header? (exchange: Exchange): void
  log? (exchange: Exchange): void
}

/** A kind of plugin: what a registry line names. */
export interface Plugin {
  /** Higher runs first. The values are Kong's own, so that plugins run in Kong's order. */
  priority: number
  /** False for a plugin that identifies the consumer, and so cannot be configured for one. */
  perConsumer: boolean
  schema: z.ZodType
  /** Checks a `config` object. */
  parse (config: unknown): { start: (environment: Environment) => Hooks, secretNames: string[] } | { issues: z.core.$ZodIssue[] }
}

export interface PluginOptions<S extends z.ZodType> {
  priority: number
  perConsumer?: boolean
  schema: S
  /** Makes the hooks of one configured plugin. */
  start (config: z.output<S>, environment: Environment): Hooks
  /** Names of headers and query parameters whose values must not reach the access log. */
  secretNames? (config: z.output<S>): string[]
}

/** Ties a plugin's schema to its code, so that the registry can hold plugins of every configuration type. */
export function definePlugin<S extends z.ZodType> (options: PluginOptions<S>): Plugin {
  return {
    priority: options.priority,
    perConsumer: options.perConsumer ?? true,
    schema: options.schema,
    parse: (config) => {
      const result = options.schema.safeParse(config ?? {})
      if (!result.success) return { issues: result.error.issues }
      return {
        start: (environment) => options.start(result.data, environment),
        secretNames: options.secretNames?.(result.data) ?? [],
      }
    },
  }
}
