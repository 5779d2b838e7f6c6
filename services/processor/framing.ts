/** `framing` in the configuration: what the registered framings can be told, and what follows from it for inputs and decoders. */
import type { z } from 'zod'
import type { PieceKind, Unframe, Unit } from './contract.ts'
import type { FramingDefinition } from './framing/definition.ts'
import { framings } from './framing/index.ts'
import { createChoices } from './named.ts'
import type { NamedConfig } from './named.ts'

/** The checked form of `framing`: the name of a framing as `type`, and its options. */
export type FramingConfig = NamedConfig

/** How an input cuts what it reads into records. */
export interface Cutting {
  unit: Unit
  pieces: readonly PieceKind[]
  /** Longest record, in bytes. */
  maxBytes: number
}

/** What follows from a list of definitions. */
export interface Framings {
  /** The names of the framings. */
  names: readonly string[]
  /** A framing: its name, or an object of `type` and options. */
  schema: z.ZodType<FramingConfig>
  /** The framing of that name with the defaults of its options, or what is wrong with the name. */
  framingOf (name: string): FramingConfig | string
  /** How records are found in what an input gives; undefined where they are looked for everywhere. */
  createUnframe (framing: FramingConfig): Unframe | undefined
  /** How an input cuts, with records of `maxBytes` at most. */
  cuttingOf (framing: FramingConfig, maxBytes: number): Cutting
}

/** Makes the union of framings out of their definitions. */
export function createFramings (list: readonly FramingDefinition[]): Framings {
  const definitions = new Map(list.map((definition) => [definition.name, definition]))
  const { names, schema, configOf, unknown } = createChoices(list, { what: 'framing', article: 'a', key: 'framing' })
  const definitionOf = ({ type }: FramingConfig): FramingDefinition => {
    const definition = definitions.get(type)
    if (definition === undefined) throw new Error(unknown(type))
    return definition
  }
  return {
    names,
    schema,
    framingOf: configOf,
    createUnframe: (framing) => {
      const { name, unit, pieces = [], create } = definitionOf(framing)
      return create === undefined ? undefined : { name, open: create(framing), unit, pieces }
    },
    cuttingOf: (framing, maxBytes) => {
      const { unit, pieces = [] } = definitionOf(framing)
      return { unit, pieces, maxBytes }
    },
  }
}

/** The registered framings. */
export const {
  names: framingNames, schema: framingSchema, framingOf, createUnframe, cuttingOf,
} = createFramings(framings)

/** What every input can be told of its framing. */
export const framingOption = framingSchema.prefault('auto')
  .describe('How records stand in what is read: a name, or an object of `type` and options. `auto` opens every wrapper that is known.')
