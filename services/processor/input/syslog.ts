/**
 * The syslog input: takes messages of RFC 3164 and RFC 5424 over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425). The header is taken
 * off, and the message is the record; what has no header is the record as it is.
 */
import { z } from 'zod'
import { address, parseAddress } from '../../runtime/units.ts'
import { cuttingOf, framingOption } from '../framing.ts'
import type { Input, RawRecord } from '../contract.ts'
import { prefixLength, syslogHeaders } from '../framing/prefixes.ts'
import { openConnections } from './connections.ts'
import { openDatagrams } from './datagrams.ts'
import { defineInput } from './definition.ts'
import { handOutReceived, Received } from './received.ts'
import type { SocketContext } from './received.ts'
import { connectionShape, receivedShape } from './socket-options.ts'
import { tlsSchema } from './listener-tls.ts'
import { tellListener } from './tell-listener.ts'
import { receiveBuffer } from './udp.ts'

export const syslogInputSchema = z.strictObject({
  ...receivedShape('syslog'),
  framing: framingOption.refine(({ type }) => type !== 'syslog', 'this input takes the header off itself; leave it out, or say how records stand in messages'),
  listen: address.default('127.0.0.1:5514').describe('Where senders send to, over all transports.'),
  transports: z.array(z.enum(['udp', 'tcp'])).min(1).default(['udp', 'tcp']).describe('What it listens to.'),
  tls: tlsSchema.optional().describe('Takes TLS connections only, on the address of tcp.'),
  receive_buffer: receiveBuffer,
  ...connectionShape,
})

/** The checked form of {@link syslogInputSchema}. */
export type SyslogInputOptions = z.output<typeof syslogInputSchema>

/** Listens as {@link syslogInputSchema} says, and hands out what comes in. Throws PORT_IN_USE and CONFIG_INVALID. */
export async function createSyslogInput (options: SyslogInputOptions, context: SocketContext): Promise<Input> {
  const { name: input, listen, transports, receive_buffer: buffer, tls } = options
  const received = new Received(options.max_waiting_bytes)
  const lose = (datagrams: number): void => context.telemetry.add('gatelens_input_lost_records_total', { input }, datagrams)
  lose(0)
  const opened: Array<() => void> = []
  const close = (): void => { for (const end of opened) end() }
  const where = parseAddress(listen)!
  try {
    if (transports.includes('tcp')) {
      const { server, close: end } = await openConnections(where, options, received, withoutHeaders)
      opened.push(end)
      tellListener(input, server.address(), { isOpen: tls?.client_ca === undefined, log: context.log })
    }
    if (transports.includes('udp')) {
      const datagrams = { ...where, buffer, cutting: cuttingOf(options.framing, options.max_record_bytes), lose }
      const { address: bound, close: end } = await openDatagrams(datagrams, received, withoutHeaders)
      opened.push(end)
      tellListener(input, bound, { isOpen: true, log: context.log })
    }
  } catch (error) {
    close()
    throw error
  }
  return { [Symbol.asyncIterator]: () => handOutReceived(options, context, received, close) }
}

function withoutHeaders<Lines extends { records: RawRecord[] }> (lines: Lines): Lines {
  return { ...lines, records: lines.records.map(withoutHeader) }
}

/** Headers have characters of ASCII, and are looked for in few of them. */
function withoutHeader ({ bytes, offset }: RawRecord): RawRecord {
  const length = prefixLength(bytes.toString('latin1', 0, longestHeader), syslogHeaders)
  return { bytes: bytes.subarray(length), offset: offset + length }
}

/** Structured data may be long. */
const longestHeader = 4096

/** The definition of the syslog input. */
export const syslogInput = defineInput({
  type: 'syslog',
  options: syslogInputSchema,
  example: {},
  uncommitted: 'lost',
  idOf: ({ name }) => name,
  create: createSyslogInput,
})
