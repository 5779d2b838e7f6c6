import { Pool, buildConnector } from 'undici'
import type { Service, Target } from './entity.ts'

/** The connections to one address, for all services that reach it in the same way. */
export interface Origin {
  pool: Pool
  /** The address that the last connection went to, '' before the first. */
  address: string
}

export interface Pools {
  /** The connections to a target, opened when they are first needed. */
  origin (service: Service, target: Target): Origin
  /** Cuts all connections. */
  destroy (): Promise<void>
}

/** Keep-alive connections by address, without a bound on their number, as nginx has none. */
export function createPools (): Pools {
  const origins = new Map<string, Origin>()
  return {
    origin: (service, { host, port }) => {
      const key = `${service.protocol} ${host} ${port} ${service.connectTimeout} ${service.verify}`
      const known = origins.get(key)
      if (known !== undefined) return known
      const made = open(service, host, port)
      origins.set(key, made)
      return made
    },
    destroy: async () => { await Promise.all([...origins.values()].map((origin) => origin.pool.destroy())) },
  }
}

function open (service: Service, host: string, port: number): Origin {
  const connector = buildConnector({ timeout: service.connectTimeout, rejectUnauthorized: service.verify, keepAlive: true })
  const origin: Origin = {
    address: '',
    pool: new Pool(`${service.protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      pipelining: 1,
      keepAliveTimeout: 60_000,
      keepAliveMaxTimeout: 600_000,
      maxHeaderSize: 64 * 1024,
      // Timeouts are the service's own, to the millisecond; those of undici tick by the half second.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => connector(options, (...result) => {
        origin.address = result[1]?.remoteAddress ?? origin.address
        callback(...result)
      }),
    }),
  }
  return origin
}
