/** `inputs` in the configuration: what the registered kinds can be told, and the inputs that follow from it. */
import { z } from 'zod'
import { GatelensError } from '../runtime/errors.ts'
import type { Input } from './contract.ts'
import type { FormatConfig } from './format.ts'
import type { InputContext, InputDefinition } from './input/definition.ts'
import { inputKinds } from './input/index.ts'

/** The checked form of one entry of `inputs`. */
export interface InputConfig { type: string, format: FormatConfig, [option: string]: unknown }

const kinds = inputKinds as unknown as readonly InputDefinition[]
const definitions = new Map(kinds.map((definition) => [definition.type, definition]))
const types = [...definitions.keys()]
const [first, ...others] = inputKinds.map(({ options }) => options)

/** One input: its `type` and the options of that. */
export const inputSchema = z.discriminatedUnion('type', [first!, ...others], {
  error: `type says where records come from: ${types.slice(0, -1).join(', ')} or ${types.at(-1)}`,
}).meta({ id: 'input' }).transform((given): InputConfig => given)

/** The inputs of a processor. Their ids, which are the source of their events, are different. */
export const inputsSchema = z.array(inputSchema).min(1).superRefine((inputs, context) => {
  const ids = inputs.map(inputIdOf)
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) < index) context.addIssue({ code: 'custom', path: [index, 'name'], message: `another input is called "${id}" already; give each a name of its own` })
  }
  const pipes = inputs.filter(({ type }) => type === 'stdin')
  if (pipes.length > 1) context.addIssue({ code: 'custom', path: [inputs.lastIndexOf(pipes.at(-1)!), 'type'], message: 'there is one standard input only' })
})

/** The id of an input: the source of its events, and a label of its metrics. */
export function inputIdOf (config: InputConfig): string {
  return definitionOf(config).idOf(config)
}

/** Makes an input of its checked configuration. */
export async function createInput (config: InputConfig, context: InputContext): Promise<Input> {
  return await definitionOf(config).create(config, context)
}

function definitionOf ({ type }: InputConfig): InputDefinition {
  const definition = definitions.get(type)
  if (definition === undefined) throw new GatelensError('CONFIG_INVALID', `no input of type "${type}"`, { where: 'inputs' })
  return definition
}
