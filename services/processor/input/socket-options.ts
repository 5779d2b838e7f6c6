/** Options that the inputs share to which senders open sockets. */
import { z } from 'zod'
import { byteSize, duration } from '../../runtime/units.ts'
import { formatSchema } from '../format.ts'
import { framingOption } from '../framing.ts'
import type { FramingConfig } from '../framing.ts'
import { lingerHelp } from './linger.ts'

/** The options of every such input. */
export function receivedShape<Type extends string> (type: Type): {
  type: z.ZodLiteral<Type>
  name: z.ZodDefault<z.ZodString>
  format: z.ZodPrefault<typeof formatSchema>
  framing: typeof framingOption
  batch: z.ZodPrefault<typeof batchSchema>
  max_record_bytes: z.ZodDefault<typeof byteSize>
  max_waiting_bytes: z.ZodDefault<typeof byteSize>
} {
  return {
    type: z.literal(type),
    name: z.string().regex(/^[\w.-]+$/, 'letters, digits, _, . and - only').default(type).describe('Id of the input: the source of its events.'),
    format: formatSchema.prefault('kong').describe('Log format: a name, or an object of `type` and options.'),
    framing: framingOption,
    batch: batchSchema.prefault({}),
    max_record_bytes: byteSize.default(1024 ** 2).describe('A longer record is rejected as too_long and never held in memory.'),
    max_waiting_bytes: byteSize.default(16 * 1024 ** 2).describe('So many bytes of records are held until they are handed on; then no more is read.'),
  }
}

const batchSchema = z.strictObject({
  records: z.number().int().min(1).max(1_000_000).default(20_000).describe('So many records make a batch.'),
  bytes: byteSize.default(8 * 1024 ** 2).describe('So many bytes make a batch, however few records they are.'),
  linger: duration.default(1000).describe(lingerHelp),
})

/** The options of inputs that take connections. */
export const connectionShape = {
  messages: z.enum(['auto', 'lines', 'octet-counted']).default('auto')
    .describe('How records follow each other: lines; octet-counted, each with its length before it (RFC 6587); auto tells by the first bytes of a connection.'),
  max_connections: z.number().int().min(1).default(1024).describe('More connections than that are closed at once.'),
  idle: duration.default(3_600_000).describe('A connection over which nothing comes for so long is closed: its sender may be gone without a word.'),
}

/** What connections take of the options. */
export interface ConnectionOptions {
  messages: 'auto' | 'lines' | 'octet-counted'
  framing: FramingConfig
  max_connections: number
  idle: number
  max_record_bytes: number
}
