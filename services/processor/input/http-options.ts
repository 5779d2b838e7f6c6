import { z } from 'zod'
import { address, byteSize, duration } from '../../runtime/units.ts'
import { formatSchema } from '../format.ts'
import { framingOption } from '../framing.ts'
import { tlsSchema } from './listener-tls.ts'

/** What the http input can be told. */
export const httpInputSchema = z.strictObject({
  type: z.literal('http'),
  name: z.string().regex(/^[\w.-]+$/, 'letters, digits, _, . and - only').default('http').describe('Id of the input: the first part of the source of its events.'),
  format: formatSchema.prefault('kong').describe('Log format: a name, or an object of `type` and options.'),
  framing: framingOption,
  listen: address.default('127.0.0.1:9465').describe('Where senders POST to, on any path; port 0 picks a free one.'),
  token: z.string().regex(/^\S+$/, 'a token has no spaces').optional().describe('Senders must send it as "Authorization: Bearer …". Best ${NAME} or ${file:…}. Without it anybody who reaches the address may send.'),
  tls: tlsSchema.optional().describe('Serves HTTPS.'),
  max_body_bytes: byteSize.default(8 * 1024 ** 2).describe('A longer body, as it is sent, is refused with 413.'),
  max_inflated_bytes: byteSize.default(32 * 1024 ** 2).describe('A body that is longer once it is decompressed is refused with 413.'),
  max_record_bytes: byteSize.default(1024 ** 2).describe('A longer record is rejected as too_long.'),
  max_waiting_bytes: byteSize.default(64 * 1024 ** 2).describe('So many bytes of bodies are held until they are stored; what comes beyond that is refused with 503.'),
  max_connections: z.number().int().min(1).default(1024).describe('More connections than that are closed at once.'),
  timeout: duration.default(30_000).describe('A request that takes longer to come in whole is refused with 408.'),
  batch: z.strictObject({
    records: z.number().int().min(1).max(1_000_000).default(20_000).describe('So many records make a batch.'),
    bytes: byteSize.default(16 * 1024 ** 2).describe('So many bytes make a batch, however few records they are.'),
    linger: duration.default(200).describe('How long fewer records than that are waited for more; a sender gets its answer no sooner.'),
  }).prefault({}),
  repeats: z.strictObject({
    age: duration.default(3_600_000).describe('How long a record is remembered, so that it is not stored again when it is sent again.'),
    records: z.number().int().min(1).max(50_000_000).default(1_000_000)
      .describe('How many records are remembered at the least; those that came longest ago go first. A record takes about 32 bytes of memory.'),
  }).prefault({}),
})

/** The checked form of {@link httpInputSchema}. */
export type HttpInputOptions = z.output<typeof httpInputSchema>
