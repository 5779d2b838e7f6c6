import { z } from 'zod'
import { catalogSchema } from './catalog/sources.ts'
import { formats } from './decode/index.ts'
import type { FormatName } from './decode/index.ts'
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
}).superRefine((input, context) => {
  if (isFormat(input.format)) return
  context.addIssue({ code: 'custom', path: ['format'], message: `unknown log format "${input.format}"; known: ${Object.keys(formats).join(', ')}` })
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

/** True for the name of a registered log format. */
export function isFormat (name: string): name is FormatName {
  return Object.hasOwn(formats, name)
}
