import type { z } from 'zod'
import type { Decode, Framing } from '../contract.ts'
import type { LabelOptions } from './labels.ts'

/** A log format: one file that exports one of these, and one line in the registry (`index.ts`). */
export interface DecoderDefinition<Name extends string = string, Options extends z.ZodObject = z.ZodObject> {
  /** The name in the configuration: `format: nginx`, or `format: { type: nginx, … }` with its options. */
  name: Name
  /** The options beside `type`. A format whose options all have defaults is usable by its name alone. */
  options: Options
  /** How its records are written; a function where that is a matter of the options. */
  framing: Framing | ((options: z.output<Options>) => Framing)
  /** Makes the function that decodes; `labels` says which header and query values are kept. Called once for each input. */
  create (options: z.output<Options>, labels: LabelOptions): Decode
}

/** Defines a log format; the types of its options follow from their schema. */
export function defineDecoder<Name extends string, Options extends z.ZodObject> (
  definition: DecoderDefinition<Name, Options>
): DecoderDefinition<Name, Options> {
  return definition
}
