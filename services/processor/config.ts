import { z } from 'zod'
import { catalogSchema } from './catalog/config.ts'
import { detectSchema } from './detect/detector.ts'
import { ruleSchema } from './detect/rule.ts'
import { privacySchema } from './enrich/privacy.ts'
import { filterSchema } from './filter/filter.ts'
import { inputSchema, inputsSchema } from './inputs.ts'
import { normalizeSchema } from './normalize/bounds.ts'
import { metricsSchema } from './observe/options.ts'
import { clickhouseSchema } from './publish/options.ts'
import { sinksSchema } from './sinks.ts'
import { threadsSchema } from './threads/options.ts'

/** The processor's configuration: the schemas of its components under the names that the file uses. */
export const processorSchema = z.strictObject({
  inputs: inputsSchema.optional().describe('Where records come from: one entry for each input.'),
  input: inputSchema.optional().describe('Short for `inputs` with one entry.'),
  catalog: catalogSchema.prefault({}),
  normalize: normalizeSchema.prefault({}),
  filter: filterSchema,
  privacy: privacySchema.prefault({}),
  rules: z.union([z.string().min(1), z.array(ruleSchema)]).default([]).describe('Detection rules: a list, or the path of a rules file.'),
  store: clickhouseSchema.optional().describe('The ClickHouse that detection, drift and quotas need; one on this machine when it is left out.'),
  clickhouse: clickhouseSchema.optional().describe('Another name for `store`.'),
  sinks: sinksSchema.default([]).describe('Where events go besides the store: one entry for each further output.'),
  metrics: metricsSchema.prefault({}),
  detect: detectSchema.prefault({}),
  threads: threadsSchema,
  state: z.string().min(1).default('./state').describe('Folder of checkpoints, spool and inferred routes, relative to the configuration file.'),
  log: z.strictObject({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  }).prefault({}),
}).superRefine(({ input, inputs, store, clickhouse }, context) => {
  if (input === undefined && inputs === undefined) context.addIssue({ code: 'custom', path: ['inputs'], message: 'says where records come from, and is missing' })
  if (input !== undefined && inputs !== undefined) context.addIssue({ code: 'custom', path: ['input'], message: 'is short for inputs with one entry; write all entries below inputs' })
  if (store !== undefined && clickhouse !== undefined) context.addIssue({ code: 'custom', path: ['clickhouse'], message: 'is another name for store; write all keys below store' })
}).transform(({ input, inputs = [], clickhouse, store = clickhouse ?? clickhouseSchema.parse({}), ...rest }) =>
  ({ ...rest, store, inputs: input === undefined ? inputs : [input] }))

/** The checked form of {@link processorSchema}. */
export type ProcessorConfig = z.output<typeof processorSchema>
