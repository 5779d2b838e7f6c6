import { z } from 'zod'
import { byteSize, duration } from '../../runtime/units.ts'
import { retentionSchema } from './retention.ts'

const identifier = z.string().regex(/^[A-Za-z_]\w*$/, 'letters, digits and _ only')

/** `clickhouse:` in the processor's configuration. */
export const clickhouseSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8123').describe('HTTP interface of the server or of gatelens store.'),
  database: identifier.default('gatelens'),
  username: z.string().default('default'),
  password: z.string().default('').describe('Best from the environment or a file: ${CLICKHOUSE_PASSWORD}, ${file:…}.'),
  request_timeout: duration.default(30_000).describe('An insert that takes longer is sent again.'),
  compression: z.boolean().default(false).describe('Compress what is sent (gzip): less network for more processor time.'),
  cluster: identifier.optional().describe('Cluster of a replicated installation: tables become Replicated and Distributed.'),
  retention: retentionSchema.prefault({}).describe('How long rows stay in the store.'),
  spool: z.strictObject({
    max_bytes: byteSize.default(1024 ** 3).describe('Most bytes that wait on disk for the store; at the bound the input is paused.'),
  }).prefault({}),
})

/** The checked and defaulted form of {@link clickhouseSchema}. */
export type ClickhouseOptions = z.output<typeof clickhouseSchema>
