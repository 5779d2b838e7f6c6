/** What the processor serves: its series and its state. */
import { GatelensError } from '../runtime/errors.ts'
import { listen } from '../runtime/http.ts'
import { version } from '../runtime/package.ts'
import { parseAddress } from '../runtime/units.ts'
import { createEndpoints } from './endpoints.ts'
import { startExporter } from './observe/exporter.ts'
import type { Series } from './observe/series.ts'
import type { Status } from './readiness.ts'

export interface FrontParts {
  /** Where to listen, `host:port`. */
  address: string
  series: Series
  /** The state at this moment. */
  status: () => Status
  /** Called before series are read: has the parts tell what changes while nothing happens. */
  refresh: () => void
}

export interface Front {
  url: string
  close (): Promise<void>
}

/** Serves /metrics, /livez and /readyz. Throws CONFIG_INVALID for what is no address, and the PORT errors. */
export async function openFront ({ address, series, status, refresh }: FrontParts): Promise<Front> {
  const parsed = parseAddress(address)
  if (parsed === undefined) {
    throw new GatelensError('CONFIG_INVALID', `"${address}" is not an address; write host:port, such as 127.0.0.1:9464`, { where: 'metrics.listen' })
  }
  const exporter = startExporter({ series, version })
  const endpoints = createEndpoints({
    status: () => {
      refresh()
      return status()
    },
    metrics: (request, response) => {
      refresh()
      exporter.handler(request, response)
    },
  })
  const listener = await listen(parsed, endpoints).catch(async (error: unknown) => {
    await exporter.close()
    throw error
  })
  return {
    url: listener.url,
    close: async () => {
      await listener.close(1000)
      await exporter.close()
    },
  }
}
