/** `format` in the configuration: what the registered decoders can be told, and the decoder that follows from it. */
import type { z } from 'zod'
import type { Decoder } from './contract.ts'
import type { DecoderDefinition } from './decode/definition.ts'
import { decoders } from './decode/index.ts'
import type { LabelOptions } from './decode/labels.ts'
import { createChoices } from './named.ts'
import type { NamedConfig } from './named.ts'

/** The checked form of `format`: the name of a log format as `type`, and its options. */
export type FormatConfig = NamedConfig

/** What follows from a list of definitions. */
export interface Formats {
  /** The names of the log formats. */
  names: readonly string[]
  /** A log format: its name, or an object of `type` and options. */
  schema: z.ZodType<FormatConfig>
  /** The format of that name with the defaults of its options, or what is wrong with the name. */
  formatOf (name: string): FormatConfig | string
  /** Makes the decoder of a checked format. `labels` names the header and query values that are kept; none without it. */
  createDecoder (format: FormatConfig, labels?: LabelOptions): Decoder
}

/** Makes the union of log formats out of their definitions. */
export function createFormats (list: readonly DecoderDefinition[]): Formats {
  const definitions = new Map(list.map((definition) => [definition.name, definition]))
  const { names, schema, configOf, unknown } = createChoices(list, { what: 'log format', article: 'a', key: 'format' })
  return {
    names,
    schema,
    formatOf: configOf,
    createDecoder: (format, labels = {}) => {
      const definition = definitions.get(format.type)
      if (definition === undefined) throw new Error(unknown(format.type))
      const { framing } = definition
      return { framing: typeof framing === 'function' ? framing(format) : framing, decode: definition.create(format, labels) }
    },
  }
}

/** The registered log formats. */
export const { names: formatNames, schema: formatSchema, formatOf, createDecoder } = createFormats(decoders)
