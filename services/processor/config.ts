import { z } from 'zod'
import { catalogSchema } from './catalog/sources.ts'
import { detectSchema } from './detect/detector.ts'
import { ruleSchema } from './detect/rule.ts'
import { privacySchema } from './enrich/privacy.ts'
import { filterSchema } from './filter/filter.ts'
import { fileInputSchema } from './input/file.ts'
import { kafkaInputSchema } from './input/kafka-options.ts'
import { normalizeSchema } from './normalize/bounds.ts'
import { metricsSchema } from './observe/options.ts'
import { clickhouseSchema } from './publish/options.ts'

const inputSchema = z.discriminatedUnion('type', [fileInputSchema, kafkaInputSchema], {
  error: 'input.type says where records come from: file or kafka',
})

/** The processor's configuration: the schemas of its components under the names that the file uses. */
export const processorSchema = z.strictObject({
  input: inputSchema,
  catalog: catalogSchema.prefault({}),
  normalize: normalizeSchema.prefault({}),
  filter: filterSchema,
  privacy: privacySchema.prefault({}),
  rules: z.union([z.string().min(1), z.array(ruleSchema)]).default([]).describe('Detection rules: a list, or the path of a rules file.'),
  clickhouse: clickhouseSchema.prefault({}),
  metrics: metricsSchema.prefault({}),
  detect: detectSchema.prefault({}),
  state: z.string().min(1).default('./state').describe('Folder of checkpoints, spool and inferred routes, relative to the configuration file.'),
  log: z.strictObject({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  }).prefault({}),
})

/** The checked form of {@link processorSchema}. */
export type ProcessorConfig = z.output<typeof processorSchema>
