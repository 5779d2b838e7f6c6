/** `format` in the configuration: what the registered decoders can be told, and the decoder that follows from it. */
import { z } from 'zod'
import { nearest } from '../runtime/config.ts'
import type { Decoder } from './contract.ts'
import type { DecoderDefinition } from './decode/definition.ts'
import { decoders } from './decode/index.ts'
import type { LabelOptions } from './decode/labels.ts'

/** The checked form of `format`: the name of a log format as `type`, and its options. */
export interface FormatConfig { type: string, [option: string]: unknown }

/** What follows from a list of definitions. */
export interface Formats {
  /** The names of the log formats. */
  names: readonly string[]
  /**
   * A log format: its name, or an object of `type` and options. The parsed form is always the object, with all defaults. A name
   * whose format cannot do without options is an error.
   */
  schema: z.ZodType<FormatConfig>
  /** The format of that name with the defaults of its options, or what is wrong with the name. */
  formatOf (name: string): FormatConfig | string
  /** Makes the decoder of a checked format. `labels` names the header and query values that are kept; none without it. */
  createDecoder (format: FormatConfig, labels?: LabelOptions): Decoder
}

/** Makes the union of log formats out of their definitions. */
export function createFormats (list: readonly DecoderDefinition[]): Formats {
  const definitions = new Map(list.map((definition) => [definition.name, definition]))
  const names = [...definitions.keys()]
  const formatOf = (name: string): FormatConfig | string => defaultsOf(definitions.get(name), name, names)
  return {
    names,
    schema: schemaOf(list, names, formatOf),
    formatOf,
    createDecoder: (format, labels = {}) => {
      const definition = definitions.get(format.type)
      if (definition === undefined) throw new Error(unknownFormat(format.type, names))
      const { framing } = definition
      return { framing: typeof framing === 'function' ? framing(format) : framing, decode: definition.create(format, labels) }
    },
  }
}

/** The registered log formats. */
export const { names: formatNames, schema: formatSchema, formatOf, createDecoder } = createFormats(decoders)

function schemaOf (list: readonly DecoderDefinition[], names: string[], formatOf: Formats['formatOf']): Formats['schema'] {
  const variants = list.map(({ name, options }) => options.safeExtend({ type: z.literal(name) }))
  return z.union([
    z.enum(names as [string, ...string[]]),
    z.discriminatedUnion('type', variants as [typeof variants[0], ...typeof variants], {
      error: ({ input }) => unknownFormat((input as Partial<FormatConfig>).type, names),
    }),
  ], { error: ({ input }) => unknownFormat(input, names) }).transform((given, context): FormatConfig => {
    if (typeof given !== 'string') return given as FormatConfig
    const result = formatOf(given)
    if (typeof result !== 'string') return result
    context.addIssue({ code: 'custom', message: result })
    return z.NEVER
  })
}

function defaultsOf (definition: DecoderDefinition | undefined, name: string, names: readonly string[]): FormatConfig | string {
  if (definition === undefined) return unknownFormat(name, names)
  const result = definition.options.safeParse({})
  if (result.success) return { ...result.data, type: name }
  const [issue] = result.error.issues
  const needed = issue?.path.join('.') ?? ''
  return `the log format "${name}" needs options${needed === '' ? '' : `, ${needed} at least`}: write format: { type: ${name}, … }`
}

function unknownFormat (name: unknown, names: readonly string[]): string {
  const known = names.join(', ')
  if (typeof name !== 'string') return `a log format is a name, or an object whose type is one: ${known}`
  const near = nearest(name, names)
  return `unknown log format "${name}"; known: ${known}${near.includes('did you mean') ? near : ''}`
}
