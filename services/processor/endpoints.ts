import type { Handler } from '../runtime/http.ts'
import { sendJson } from '../runtime/http.ts'
import { version } from '../runtime/package.ts'
import type { Status } from './readiness.ts'

export interface EndpointParts {
  metrics: Handler
  status: () => Status
}

const paths = { '/metrics': 'Prometheus series', '/livez': 'the process runs', '/readyz': 'state of every part' }

/** The processor's HTTP endpoints, GET and HEAD: a list of them, /metrics, /livez, and /readyz (503 while the input is held up). */
export function createEndpoints ({ metrics, status }: EndpointParts): Handler {
  return (request, response) => {
    const path = (request.url ?? '/').replace(/[?#].*$/, '')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return sendJson(response, 405, { error: 'only GET and HEAD' })
    }
    if (path === '/metrics') return metrics(request, response)
    if (path === '/livez') return sendJson(response, 200, { status: 'alive' })
    if (path === '/') return sendJson(response, 200, { name: 'gatelens processor', version, paths })
    if (path !== '/readyz') return sendJson(response, 404, { error: 'not found', paths })
    const state = status()
    sendJson(response, state.status === 'blocked' ? 503 : 200, state)
  }
}
