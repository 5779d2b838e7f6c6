import type { Plugin } from '../plugin.ts'
import { correlationId } from './correlation-id.ts'
import { fileLog } from './file-log.ts'
import { keyAuth } from './key-auth.ts'
import { rateLimiting } from './rate-limiting.ts'

/** The plugins of this gateway, by the names that configuration files use. */
export const plugins: Record<string, Plugin> = {
  'correlation-id': correlationId,
  'file-log': fileLog,
  'key-auth': keyAuth,
  'rate-limiting': rateLimiting,
}

/** The plugin of a name; undefined when there is none, also for names that every object has (`constructor`). */
export function findPlugin (name: string): Plugin | undefined {
  return Object.hasOwn(plugins, name) ? plugins[name] : undefined
}
