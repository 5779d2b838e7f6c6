/** The udp input: takes datagrams, each of one record or some lines. Nobody is told of those that are lost but our own counter. */
import { z } from 'zod'
import { address, byteSize, parseAddress } from '../../runtime/units.ts'
import { cuttingOf } from '../framing.ts'
import type { Input } from '../contract.ts'
import { openDatagrams } from './datagrams.ts'
import { defineInput } from './definition.ts'
import { handOutReceived, Received } from './received.ts'
import type { SocketContext } from './received.ts'
import { receivedShape } from './socket-options.ts'
import { tellListener } from './tell-listener.ts'

export const receiveBuffer = byteSize.or(z.literal(0)).default(0)
  .describe('How much the kernel holds for us while we are busy; 0 is its own default. More than net.core.rmem_max it gives to nobody.')

export const udpInputSchema = z.strictObject({
  ...receivedShape('udp'),
  listen: address.default('127.0.0.1:9466').describe('Where senders send to; port 0 picks a free one.'),
  receive_buffer: receiveBuffer,
})

/** The checked form of {@link udpInputSchema}. */
export type UdpInputOptions = z.output<typeof udpInputSchema>

/** Receives as {@link udpInputSchema} says, and hands out what comes in. Throws PORT_IN_USE. */
export async function createUdpInput (options: UdpInputOptions, context: SocketContext): Promise<Input> {
  const { name: input, listen, receive_buffer: buffer } = options
  const received = new Received(options.max_waiting_bytes)
  const lose = (datagrams: number): void => context.telemetry.add('gatelens_input_lost_records_total', { input }, datagrams)
  lose(0)
  const where = { ...parseAddress(listen)!, buffer, cutting: cuttingOf(options.framing, options.max_record_bytes), lose }
  const { address: bound, close } = await openDatagrams(where, received)
  tellListener(input, bound, { isOpen: true, log: context.log })
  return { [Symbol.asyncIterator]: () => handOutReceived(options, context, received, close) }
}

/** The definition of the udp input. */
export const udpInput = defineInput({
  type: 'udp',
  options: udpInputSchema,
  example: {},
  uncommitted: 'lost',
  idOf: ({ name }) => name,
  create: createUdpInput,
})
