/** Choices of the configuration that are a name, or an object of that name as `type` and its options. */
import { z } from 'zod'
import { nearest } from '../runtime/config.ts'

/** The checked form of a choice: its name as `type`, and its options. */
export interface NamedConfig { type: string, [option: string]: unknown }

/** A choice: its name, and the options beside `type`. One whose options all have defaults is usable by its name alone. */
export interface Named { name: string, options: z.ZodObject }

/** What the choices are in messages, with its article, and the key that they stand under. */
export interface NamedWords { what: string, article: string, key: string }

/** What follows from a list of choices. */
export interface NamedChoices {
  names: readonly string[]
  /** A name, or an object of `type` and options. The parsed form is always the object, with all defaults. */
  schema: z.ZodType<NamedConfig>
  /** The choice of that name with the defaults of its options, or what is wrong with the name. */
  configOf (name: string): NamedConfig | string
  /** What to say of a name that is none. */
  unknown (name: unknown): string
}

/** Makes the union of choices out of their list. A name whose choice cannot do without options is an error. */
export function createChoices (list: readonly Named[], words: NamedWords): NamedChoices {
  const byName = new Map(list.map((item) => [item.name, item]))
  const names = [...byName.keys()]
  const unknown = (name: unknown): string => unknownName(name, names, words)
  const configOf = (name: string): NamedConfig | string => {
    const found = byName.get(name)
    return found === undefined ? unknown(name) : defaultsOf(found, words)
  }
  return { names, schema: schemaOf(list, names, configOf, unknown), configOf, unknown }
}

function schemaOf (
  list: readonly Named[], names: string[], configOf: NamedChoices['configOf'], unknown: NamedChoices['unknown']
): NamedChoices['schema'] {
  const variants = list.map(({ name, options }) => options.safeExtend({ type: z.literal(name) }))
  return z.union([
    z.enum(names as [string, ...string[]]),
    z.discriminatedUnion('type', variants as [typeof variants[0], ...typeof variants], {
      error: ({ input }) => unknown((input as Partial<NamedConfig>).type),
    }),
  ], { error: ({ input }) => unknown(input) }).transform((given, context): NamedConfig => {
    if (typeof given !== 'string') return given as NamedConfig
    const result = configOf(given)
    if (typeof result !== 'string') return result
    context.addIssue({ code: 'custom', message: result })
    return z.NEVER
  })
}

function defaultsOf ({ name, options }: Named, { what, key }: NamedWords): NamedConfig | string {
  const result = options.safeParse({})
  if (result.success) return { ...result.data, type: name }
  const [issue] = result.error.issues
  const needed = issue?.path.join('.') ?? ''
  return `the ${what} "${name}" needs options${needed === '' ? '' : `, ${needed} at least`}: write ${key}: { type: ${name}, … }`
}

function unknownName (name: unknown, names: readonly string[], { what, article }: NamedWords): string {
  const known = names.join(', ')
  if (typeof name !== 'string') return `${article} ${what} is a name, or an object whose type is one: ${known}`
  const near = nearest(name, names)
  return `unknown ${what} "${name}"; known: ${known}${near.includes('did you mean') ? near : ''}`
}
