import type { z } from 'zod'
import type { Open, PieceKind, Unit } from '../contract.ts'

/** A framing: one file that exports one of these, and one line in the registry (`index.ts`). */
export interface FramingDefinition<Name extends string = string, Options extends z.ZodObject = z.ZodObject> {
  /** The name in the configuration: `framing: docker`, or `framing: { type: field, … }` with its options. */
  name: Name
  /** What it is, for the documentation: a few words that go on a sentence. */
  summary: string
  /** The options beside `type`. A framing whose options all have defaults is usable by its name alone. */
  options: Options
  unit: Unit
  /** The kinds of pieces in which its records may come; they are put together before anything is decoded. */
  pieces?: readonly PieceKind[]
  /**
   * Makes what opens a line; called once for each input. Left out where a record is looked into only once its decoder refuses it.
   */
  create? (options: z.output<Options>): Open
}

/** Defines a framing; the types of its options follow from their schema. */
export function defineFraming<Name extends string, Options extends z.ZodObject> (
  definition: FramingDefinition<Name, Options>
): FramingDefinition<Name, Options> {
  return definition
}
