/** `format` in the configuration: what the registered decoders can be told, and the decoder that follows from it. */
import { z } from 'zod'
import { nearest } from '../runtime/config.ts'
import type { Decoder } from './contract.ts'
import type { DecoderDefinition } from './decode/definition.ts'
import { decoders } from './decode/index.ts'
import type { LabelOptions } from './decode/labels.ts'

/** The checked form of `format`: the name of a log format as `type`, and its options. */
export interface FormatConfig { type: string, [option: string]: unknown }

const definitions = new Map<string, DecoderDefinition>(decoders.map((definition) => [definition.name, definition]))

/** The names of the log formats. */
export const formatNames: readonly string[] = [...definitions.keys()]

/** One variant for each log format: its options and its `type`. */
const variants = [...definitions.values()].map(({ name, options }) => options.safeExtend({ type: z.literal(name) }))

const known = formatNames.join(', ')

/**
 * A log format: its name, or an object of `type` and options. The parsed form is always the object, with all defaults. A name
 * whose format cannot do without options is an error.
 */
export const formatSchema = z.union([
  z.enum(formatNames as [string, ...string[]]),
  z.discriminatedUnion('type', variants as [typeof variants[0], ...typeof variants], { error: ({ input }) => unknownFormat((input as Partial<FormatConfig>).type) }),
], { error: ({ input }) => unknownFormat(input) }).transform((given, context): FormatConfig => {
  if (typeof given !== 'string') return given as FormatConfig
  const result = formatOf(given)
  if (typeof result !== 'string') return result
  context.addIssue({ code: 'custom', message: result })
  return z.NEVER
})

/** The format of that name with the defaults of its options, or what is wrong with the name. */
export function formatOf (name: string): FormatConfig | string {
  const definition = definitions.get(name)
  if (definition === undefined) return unknownFormat(name)
  const result = definition.options.safeParse({})
  if (result.success) return { ...result.data, type: name }
  const [issue] = result.error.issues
  const needed = issue?.path.join('.') ?? ''
  return `the log format "${name}" needs options${needed === '' ? '' : `, ${needed} at least`}: write format: { type: ${name}, … }`
}

/** Makes the decoder of a checked format. `labels` names the header and query values that are kept; none without it. */
export function createDecoder (format: FormatConfig, labels: LabelOptions = {}): Decoder {
  const definition = definitions.get(format.type)
  if (definition === undefined) throw new Error(unknownFormat(format.type))
  const { framing } = definition
  return { framing: typeof framing === 'function' ? framing(format) : framing, decode: definition.create(format, labels) }
}

function unknownFormat (name: unknown): string {
  if (typeof name !== 'string') return `a log format is a name, or an object whose type is one: ${known}`
  const near = nearest(name, formatNames)
  return `unknown log format "${name}"; known: ${known}${near.includes('did you mean') ? near : ''}`
}
