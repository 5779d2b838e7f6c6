import { z } from 'zod'
import { byteSize, duration } from '../../runtime/units.ts'
import { formatSchema } from '../format.ts'
import { framingOption } from '../framing.ts'
import { defineInput } from './definition.ts'

/** `input:` in the processor's configuration, for `type: kafka`. */
export const kafkaInputSchema = z.strictObject({
  type: z.literal('kafka'),
  name: z.string().regex(/^[\w.:-]+$/, 'letters, digits, _, ., : and - only').optional()
    .describe('Id of the input: the source of its events; kafka:<group> when left out.'),
  brokers: z.array(z.string().regex(/^\S+:\d{1,5}$/, 'write host:port')).min(1).describe('Some brokers of the cluster, host:port; the others are found through them.'),
  topics: z.array(z.string().regex(/^[\w.-]{1,249}$/, 'not a topic name')).min(1),
  group: z.string().min(1).describe('Consumer group: processors with the same one share the partitions.'),
  client_id: z.string().min(1).default('gatelens'),
  format: formatSchema.prefault('kong').describe('Log format of the messages: a name, or an object of `type` and options.'),
  framing: framingOption,
  from: z.enum(['earliest', 'latest']).default('earliest').describe('Where to begin in a partition for which the group has no offset.'),
  ssl: z.union([z.boolean(), z.strictObject({
    ca: z.string().optional().describe('PEM text of the authorities, such as ${file:ca.pem}.'),
    cert: z.string().optional(),
    key: z.string().optional(),
    passphrase: z.string().optional(),
    servername: z.string().optional(),
  })]).default(false),
  sasl: z.strictObject({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
    username: z.string().min(1),
    password: z.string().min(1),
  }).optional(),
  batch: z.strictObject({
    records: z.number().int().min(1).max(1_000_000).default(20_000).describe('Most records of one batch.'),
    bytes: byteSize.default(8 * 1024 ** 2)
      .describe('Most bytes of one batch, and most that are fetched of a partition at once (of a broker: twice that). ' +
        'Fetches count compressed bytes: with gzip, memory is several times as much.'),
    linger: duration.default(1000).describe('How long fewer bytes than that are waited for more.'),
  }).prefault({}),
  session_timeout: duration.default(30_000).describe('How long the group waits for a member that shows no life.'),
}).refine((options) => options.batch.linger <= options.session_timeout / 3, {
  path: ['batch', 'linger'], message: 'must be at most a third of session_timeout: a member shows no life while it waits',
})

/** The checked and defaulted form of {@link kafkaInputSchema}. */
export type KafkaInputOptions = z.output<typeof kafkaInputSchema>

/** Id of a Kafka input. */
export function kafkaIdOf ({ name, group }: Pick<KafkaInputOptions, 'name' | 'group'>): string {
  return name ?? `kafka:${group}`
}

/** The definition of the Kafka input; its client is loaded when there is such an input. */
export const kafkaInput = defineInput({
  type: 'kafka',
  options: kafkaInputSchema,
  example: { brokers: ['kafka:9092'], topics: ['access-log'], group: 'gatelens' },
  uncommitted: 'replayed',
  idOf: kafkaIdOf,
  create: async (options, context) => (await import('./kafka.ts')).createKafkaInput(options, context),
})
