/** `correlation-id`: gives every request an id (https://developer.konghq.com/plugins/correlation-id/). */
import { z } from 'zod'
import { headerValues, setResponseHeader, setUpstreamHeader } from '../exchange.ts'
import type { Exchange } from '../exchange.ts'
import { randomUuid } from '../ids.ts'
import { definePlugin } from '../plugin.ts'

export const correlationId = definePlugin({
  priority: 100001,
  schema: z.strictObject({
    header_name: z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'not a header name').nullish().transform((value) => value ?? 'Kong-Request-ID'),
    generator: z.enum(['uuid', 'uuid#counter', 'tracker']).nullish().transform((value) => value ?? 'uuid#counter' as const),
    echo_downstream: z.boolean().nullish().transform((value) => value ?? false),
  }),
  start: ({ header_name: name, generator, echo_downstream: echo }) => {
    const generate = generators[generator]()
    const lower = name.toLowerCase()
    return {
      access: (exchange) => {
        const [given = ''] = headerValues(exchange, lower)
        const id = given === '' ? generate(exchange) : given
        if (given === '') setUpstreamHeader(exchange, name, id)
        exchange.fields.correlation_id = id
        return undefined
      },
      header: (exchange) => {
        if (!echo) return
        const id = exchange.fields.correlation_id ?? headerValues(exchange, lower)[0] ?? generate(exchange)
        setResponseHeader(exchange, name, String(id))
      },
    }
  },
})

const generators: Record<'uuid' | 'uuid#counter' | 'tracker', () => (exchange: Exchange) => string> = {
  uuid: () => () => randomUuid(),
  'uuid#counter': () => {
    const prefix = randomUuid()
    let count = 0
    return () => `${prefix}#${++count}`
  },
  // Server address and port, process, connection, requests on that connection, time in seconds.
  tracker: () => {
    const connections = new WeakMap<object, { serial: number, requests: number }>()
    let serial = 0
    return ({ request, startedAt }) => {
      const { socket } = request
      const connection = connections.get(socket) ?? { serial: ++serial, requests: 0 }
      connections.set(socket, connection)
      connection.requests++
      return `${socket.localAddress}-${socket.localPort}-${process.pid}-${connection.serial}-${connection.requests}-${(startedAt / 1000).toFixed(3)}`
    }
  },
}
