/** The configuration reference: zod schemas → rows of path, kind, default and meaning, and the JSON Schema for editors. */
import { z } from 'zod'
import { partnersSchema } from '../services/processor/catalog/partners/partners.ts'
import { processorSchema } from '../services/processor/config.ts'
import { rulesFileSchema } from '../services/processor/detect/rule.ts'
import type { Uncommitted } from '../services/processor/input/definition.ts'
import { inputKinds } from '../services/processor/input/index.ts'
import { inputSchema } from '../services/processor/inputs.ts'
import { sinkKinds } from '../services/processor/publish/index.ts'
import { sinkSchema } from '../services/processor/sinks.ts'

interface Node {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  default?: unknown
  description?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  format?: string
  properties?: Record<string, Node>
  required?: string[]
  items?: Node
  anyOf?: Node[]
  oneOf?: Node[]
  allOf?: Node[]
  additionalProperties?: Node | boolean
}

/** One configuration file: its title, what it is for, and a row a key: path, kind, default, meaning. */
export interface ConfigurationPart { title: string, intro: string, rows: string[][] }

/** The parts of the configuration reference. Each kind of input, of sink and of log format has a part of its own. */
export function configurationParts (): ConfigurationPart[] {
  const processor = schemaOf(processorSchema)
  const inputs = inputKinds.map((kind) => ({ ...kind, node: schemaOf(kind.options) }))
  const choicesOf = (key: string): Node[] =>
    (inputs[0]?.node.properties?.[key]?.anyOf ?? []).flatMap(({ oneOf = [] }) => oneOf)
      .filter(({ properties = {} }) => Object.keys(properties).length > 1)
  const defaults = processorSchema.parse({ input: { type: 'file', paths: ['x'] } })
  return [
    { title: 'gatelens.yaml', intro: 'The processor.', rows: withoutOtherName(rowsOf(processor, '', { ...defaults, inputs: undefined, sinks: undefined })) },
    ...inputs.map(inputPart),
    ...sinkKinds.map((kind) => sinkPart({ ...kind, node: schemaOf(kind.options) })),
    ...['format', 'framing'].flatMap((key) => choicesOf(key).map((node) => choicePart(key, node))),
    {
      title: 'Rules file',
      intro: 'What `rules:` names.',
      rows: rowsOf(schemaOf(rulesFileSchema), '', {
        rules: [rulesFileSchema.parse({ rules: [{ name: 'x', measure: 'requests', over: '1m', above: 1 }] }).rules[0]],
      }),
    },
    { title: 'Partners file', intro: 'What `catalog.partners` names.', rows: rowsOf(schemaOf(partnersSchema), '', {}) },
  ]
}

const afterCrash: Readonly<Record<Uncommitted, string>> = {
  replayed: 'After a crash it goes on where it was, and every record is stored once.',
  resent: 'Senders are answered once their records are stored or in the spool; what they send again after a crash is stored once.',
  lost: 'What was read and is not stored when the processor ends is lost: it cannot be read again.',
}

/** The keys below `clickhouse` are those below `store`, which stand there already. */
function withoutOtherName (rows: string[][]): string[][] {
  return rows.filter(([name = '']) => !name.startsWith('`clickhouse.'))
}

function inputPart (
  { type, example, uncommitted, node }: { type: string, example: object, uncommitted: Uncommitted, node: Node }
): ConfigurationPart {
  return {
    title: `gatelens.yaml: \`inputs[]\` of type \`${type}\``,
    intro: `An entry of \`inputs\`, or \`input\` where there is only one. ${afterCrash[uncommitted]}`,
    rows: rowsOf(node, 'inputs[]', inputSchema.parse({ type, ...example })),
  }
}

function sinkPart (
  { type, example, redelivery, node }: { type: string, example: object, redelivery: string, node: Node }
): ConfigurationPart {
  return {
    title: `gatelens.yaml: \`sinks[]\` of type \`${type}\``,
    intro: `An entry of \`sinks\`. ${redelivery}`,
    rows: rowsOf(node, 'sinks[]', sinkSchema.parse({ type, ...example })),
  }
}

function choicePart (key: string, { properties: { type, ...properties } = {} }: Node): ConfigurationPart {
  const name = String(type?.const)
  return {
    title: `gatelens.yaml: \`inputs[].${key}\` of type \`${name}\``,
    intro: `Written \`${key}: { type: ${name}, … }\`, in inputs of any type.`,
    rows: rowsOf({ properties }, `inputs[].${key}`, {}),
  }
}

/** The JSON Schema (draft 2020-12) of `gatelens.yaml` as it is written, before placeholders are expanded; for editors. */
export function processorJsonSchema (): string {
  const oneOf = [{ required: ['inputs'] }, { required: ['input'] }]
  return `${JSON.stringify({ ...withPlaceholders(schemaOf(processorSchema)), title: 'gatelens.yaml', oneOf }, null, 2)}\n`
}

// What starts a placeholder: an environment variable's, with or without a default, or a file's.
const placeholder: Node = { type: 'string', pattern: '\\$\\{[^}]+\\}' }

/** A text of a certain form may be a placeholder instead. Kinds of unions (`const`) and names of keys are never expanded. */
function withPlaceholders (node: Node): Node {
  if (hasForm(node)) {
    const { default: value, description, ...form } = node
    const about = Object.entries({ default: value, description }).filter(([, item]) => item !== undefined)
    return { ...Object.fromEntries(about), anyOf: [form, placeholder] }
  }
  const below = Object.entries(node).map(([key, value]: [string, unknown]): [string, unknown] => {
    if (key === 'properties' || key === '$defs') return [key, mapValues(value as Record<string, Node>, withPlaceholders)]
    if (key === 'anyOf' || key === 'oneOf' || key === 'allOf') return [key, (value as Node[]).map(withPlaceholders)]
    const inner = (key === 'items' || key === 'additionalProperties') && typeof value === 'object'
    return [key, inner ? withPlaceholders(value as Node) : value]
  })
  return Object.fromEntries(below) as Node
}

// A placeholder is never empty, and so fits where only an empty text is wrong.
function hasForm ({ type, pattern, format, minLength = 1, maxLength, enum: words }: Node): boolean {
  return type === 'string' && ((pattern ?? format ?? words ?? maxLength) !== undefined || minLength > 1)
}

function mapValues (values: Record<string, Node>, change: (node: Node) => Node): Record<string, Node> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}

function schemaOf (schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node
}

function rowsOf (node: Node, path: string, defaults: unknown): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`
    const value = member(defaults, key)
    const own = ['type', 'input'].includes(key) && child.properties !== undefined
      ? []
      : [[`\`${at}\``, kindOf(child), defaultOf(child, value, node.required?.includes(key) ?? false), child.description ?? '']]
    return [...own, ...childRows(child, at, value)]
  })
}

function childRows (child: Node, at: string, value: unknown): string[][] {
  const branches = [child, ...child.anyOf ?? [], ...child.oneOf ?? []]
  return branches.flatMap((branch) => [
    ...rowsOf(branch, at, value),
    ...(branch.items === undefined ? [] : childRows(branch.items, `${at}[]`, Array.isArray(value) ? value[0] : undefined)),
    ...(typeof branch.additionalProperties === 'object' ? childRows(branch.additionalProperties, `${at}.*`, undefined) : []),
  ])
}

function kindOf (node: Node): string {
  // What is written once and referred to has a part of its own in the reference.
  if (node.$ref !== undefined) return 'object'
  if (node.const !== undefined) return `\`${String(node.const)}\``
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(', ')
  const branches = node.anyOf ?? node.oneOf
  if (branches !== undefined) return [...new Set(branches.map(kindOf))].join(' or ')
  if (node.type === 'array') return `list of ${kindOf(node.items ?? {})}`
  return node.type ?? 'any'
}

function defaultOf (node: Node, value: unknown, required: boolean): string {
  if (required && node.default === undefined) return 'required'
  const shown = node.default ?? value
  if (shown === undefined) return ''
  if (typeof shown === 'number' && node.default === undefined) return `\`${node.type === 'string' ? durationText(shown) : sizeText(node, shown)}\``
  return typeof shown === 'object' ? (JSON.stringify(shown) === '[]' ? '`[]`' : '') : `\`${String(shown)}\``
}

function durationText (ms: number): string {
  const units: Array<[number, string]> = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'm'], [1000, 's']]
  const [size, unit] = units.find(([size]) => ms >= size && ms % size === 0) ?? [1, 'ms']
  return `${ms / size}${unit}`
}

function sizeText (node: Node, bytes: number): string {
  if (node.anyOf === undefined) return String(bytes)
  const units: Array<[number, string]> = [[1024 ** 3, 'GiB'], [1024 ** 2, 'MiB'], [1024, 'KiB']]
  const [size, unit] = units.find(([size]) => bytes >= size && bytes % size === 0) ?? [1, 'B']
  return `${bytes / size}${unit}`
}

function member (value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
