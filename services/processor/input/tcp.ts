/** The tcp input: takes records over TCP or TLS, as lines or with their lengths before them. Senders get no answer. */
import { z } from 'zod'
import { address, parseAddress } from '../../runtime/units.ts'
import type { Input } from '../contract.ts'
import { openConnections } from './connections.ts'
import { defineInput } from './definition.ts'
import { handOutReceived, Received } from './received.ts'
import type { SocketContext } from './received.ts'
import { connectionShape, receivedShape } from './socket-options.ts'
import { tlsSchema } from './listener-tls.ts'
import { tellListener } from './tell-listener.ts'

export const tcpInputSchema = z.strictObject({
  ...receivedShape('tcp'),
  listen: address.default('127.0.0.1:9466').describe('Where senders connect to; port 0 picks a free one.'),
  tls: tlsSchema.optional().describe('Takes TLS connections only.'),
  ...connectionShape,
})

/** The checked form of {@link tcpInputSchema}. */
export type TcpInputOptions = z.output<typeof tcpInputSchema>

/** Listens as {@link tcpInputSchema} says, and hands out what comes in. Throws PORT_IN_USE and CONFIG_INVALID. */
export async function createTcpInput (options: TcpInputOptions, context: SocketContext): Promise<Input> {
  const received = new Received(options.max_waiting_bytes)
  const { server, close } = await openConnections(parseAddress(options.listen)!, options, received)
  tellListener(options.name, server.address(), { isOpen: options.tls?.client_ca === undefined, log: context.log })
  return { [Symbol.asyncIterator]: () => handOutReceived(options, context, received, close) }
}

/** The definition of the tcp input. */
export const tcpInput = defineInput({
  type: 'tcp',
  options: tcpInputSchema,
  example: {},
  uncommitted: 'lost',
  idOf: ({ name }) => name,
  create: createTcpInput,
})
