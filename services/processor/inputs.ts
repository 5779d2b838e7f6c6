/** `inputs` in the configuration: what the registered kinds can be told, and the inputs that follow from it. */
import { z } from 'zod'
import { GatelensError } from '../runtime/errors.ts'
import type { Input } from './contract.ts'
import type { FormatConfig } from './format.ts'
import type { FramingConfig } from './framing.ts'
import type { InputContext, InputDefinition } from './input/definition.ts'
import { inputKinds } from './input/index.ts'

/** The checked form of one entry of `inputs`. */
export interface InputConfig { type: string, format: FormatConfig, framing?: FramingConfig, [option: string]: unknown }

/** What follows from a list of definitions. */
export interface Inputs {
  /** One input: its `type` and the options of that. */
  schema: z.ZodType<InputConfig>
  /** The inputs of a processor. Their ids, which are the source of their events, are different. */
  listSchema: z.ZodType<InputConfig[]>
  /** The id of an input: the source of its events, and a label of its metrics. */
  inputIdOf (config: InputConfig): string
  /** Makes an input of its checked configuration. */
  createInput (config: InputConfig, context: InputContext): Promise<Input>
}

/** Makes the union of inputs out of the definitions of their kinds. */
export function createInputs (kinds: readonly InputDefinition[]): Inputs {
  const definitions = new Map(kinds.map((definition) => [definition.type, definition]))
  const definitionOf = ({ type }: InputConfig): InputDefinition => {
    const definition = definitions.get(type)
    if (definition === undefined) throw new GatelensError('CONFIG_INVALID', `no input of type "${type}"`, { where: 'inputs' })
    return definition
  }
  const schema = schemaOf(kinds)
  const inputIdOf = (config: InputConfig): string => definitionOf(config).idOf(config)
  return {
    schema,
    listSchema: z.array(schema).min(1).superRefine((inputs, context) => {
      checkNames(inputs.map(inputIdOf), context)
      for (const { type, single } of kinds) if (single !== undefined) checkSingle(inputs.map((input) => input.type), type, single, context)
    }),
    inputIdOf,
    createInput: async (config, context) => await definitionOf(config).create(config, context),
  }
}

/** The registered inputs. */
export const {
  schema: inputSchema, listSchema: inputsSchema, inputIdOf, createInput,
} = createInputs(inputKinds as unknown as readonly InputDefinition[])

function schemaOf (kinds: readonly InputDefinition[]): z.ZodType<InputConfig> {
  const types = kinds.map(({ type }) => type)
  const [first, ...others] = kinds.map(({ options }) => options)
  return z.discriminatedUnion('type', [first!, ...others] as unknown as [z.ZodObject<{ type: z.ZodLiteral }>], {
    error: `type says where records come from: ${types.slice(0, -1).join(', ')} or ${types.at(-1)}`,
  }).meta({ id: 'input' }).transform((given) => given as unknown as InputConfig)
}

function checkNames (ids: readonly string[], context: z.RefinementCtx): void {
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) === index) continue
    context.addIssue({ code: 'custom', path: [index, 'name'], message: `another input is called "${id}" already; give each a name of its own` })
  }
}

function checkSingle (types: readonly string[], type: string, message: string, context: z.RefinementCtx): void {
  const last = types.lastIndexOf(type)
  if (types.indexOf(type) !== last) context.addIssue({ code: 'custom', path: [last, 'type'], message })
}
