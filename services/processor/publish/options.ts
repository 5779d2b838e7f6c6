import { z } from 'zod'
import { duration } from '../../runtime/units.ts'
import { defineSink, sinkShape, spoolSchema } from './definition.ts'
import { retentionSchema } from './retention.ts'

const identifier = z.string().regex(/^[A-Za-z_]\w*$/, 'letters, digits and _ only')

/** What the store and a further sink of type `clickhouse` can be told. */
export const clickhouseShape = {
  url: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8123').describe('HTTP interface of the server or of gatelens store.'),
  database: identifier.default('gatelens'),
  username: z.string().default('default'),
  password: z.string().default('').describe('Best from the environment or a file: ${CLICKHOUSE_PASSWORD}, ${file:…}.'),
  request_timeout: duration.default(30_000).describe('An insert that takes longer is sent again.'),
  compression: z.boolean().default(false).describe('Compress what is sent (gzip): less network for more processor time.'),
  cluster: identifier.optional().describe('Cluster of a replicated installation: tables become Replicated and Distributed.'),
  retention: retentionSchema.prefault({}).describe('How long rows stay in the store.'),
}

/** `store:` in the processor's configuration: the store that detection, drift and quotas need. */
export const clickhouseSchema = z.strictObject({ ...clickhouseShape, spool: spoolSchema.prefault({}) })

/** The checked and defaulted form of {@link clickhouseShape}. */
export type ClickhouseOptions = Omit<z.output<typeof clickhouseSchema>, 'spool'>

/** The definition of the ClickHouse sink. The client is loaded when one is made: commands that only read configuration start quickly. */
export const clickhouseSink = defineSink({
  type: 'clickhouse',
  options: z.strictObject({ ...sinkShape('clickhouse'), ...clickhouseShape }),
  example: { url: 'http://127.0.0.1:8123' },
  redelivery: 'A batch that comes again is looked for by source and position, and what is missing of it is brought: every row is there once.',
  encoder: async () => (await import('./tables.ts')).createTables(),
  create: async (options, { log, prepareStore }) => {
    const { createClickhouse } = await import('./clickhouse.ts')
    const { database, cluster, retention } = options
    return createClickhouse(options, { log, prepare: async (client) => prepareStore(client, { database, cluster, retention, log }) })
  },
})
