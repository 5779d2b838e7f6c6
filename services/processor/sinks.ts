/** `sinks` in the configuration: what the registered kinds can be told, and the sinks that follow from it. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GatelensError } from '../runtime/errors.ts'
import type { Readiness, Telemetry } from './contract.ts'
import type { BeginBatch, SinkContext, SinkDefinition } from './publish/definition.ts'
import { sinkKinds } from './publish/index.ts'
import { SpooledSink } from './publish/spooled-sink.ts'

/** The checked form of one entry of `sinks`. */
export interface SinkConfig { type: string, name: string, spool: { max_bytes: number }, when_full: 'block' | 'drop', [option: string]: unknown }

/** What a sink and its spool take besides their configuration. */
export interface SinkSurroundings extends SinkContext {
  /** Folder of the process's state. */
  state: string
  telemetry: Pick<Telemetry, 'add' | 'record'>
  readiness: Pick<Readiness, 'sink' | 'state'>
}

/** What follows from a list of definitions. */
export interface Sinks {
  /** One further sink: its `type` and the options of that. */
  schema: z.ZodType<SinkConfig>
  /** The further sinks of a processor. Their names are different. */
  listSchema: z.ZodType<SinkConfig[]>
  /** Makes what encodes the batches of a sink. */
  createEncoder (config: SinkConfig): Promise<BeginBatch>
  /** Opens a sink of its checked configuration, with its spool. Throws FOLDER_UNUSABLE. */
  openSink (config: SinkConfig, context: SinkSurroundings): Promise<SpooledSink>
}

/** The name of the store among the sinks. */
export const storeName = 'store'

/** Folder of the spools: batches for the store are in it, those for each further sink in a folder of its name. */
export function spoolFolder (state: string, sink: string): string {
  return sink === storeName ? join(state, 'spool') : join(state, 'spool', sink)
}

/** Makes the union of sinks out of the definitions of their kinds. */
export function createSinks (kinds: readonly SinkDefinition[]): Sinks {
  const definitions = new Map(kinds.map((definition) => [definition.type, definition]))
  const definitionOf = ({ type }: SinkConfig): SinkDefinition => {
    const definition = definitions.get(type)
    if (definition === undefined) throw new GatelensError('CONFIG_INVALID', `no sink of type "${type}"`, { where: 'sinks' })
    return definition
  }
  const schema = schemaOf(kinds)
  return {
    schema,
    listSchema: z.array(schema).superRefine(checkNames),
    createEncoder: async (config) => definitionOf(config).encoder(config),
    openSink: async (config, context) => {
      const definition = definitionOf(config)
      const { name, spool: { max_bytes: maxBytes }, when_full: whenFull } = config
      const { state, telemetry, readiness, log } = context
      const folder = spoolFolder(state, name)
      const options = { name, folder, maxBytes, whenFull, unavailable: 'SINK_UNAVAILABLE' as const, telemetry, readiness, log }
      const [encoder, place] = [await definition.encoder(config), await definition.create(config, context)]
      return SpooledSink.open(options, { encoder, connect: () => place.connect() })
    },
  }
}

/** The registered sinks. */
export const {
  schema: sinkSchema, listSchema: sinksSchema, createEncoder, openSink,
} = createSinks(sinkKinds as unknown as readonly SinkDefinition[])

/** The names of sinks whose batches wait on disk and that are not among `names`. Rejects with the system's error. */
export async function abandonedSpools (state: string, names: readonly string[]): Promise<string[]> {
  const entries = await readdir(join(state, 'spool'), { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && !names.includes(entry.name)).map(({ name }) => name)
  const found = await Promise.all(folders.map(async (name) => (await readdir(spoolFolder(state, name))).length > 0))
  return folders.filter((_, index) => found[index])
}

function schemaOf (kinds: readonly SinkDefinition[]): z.ZodType<SinkConfig> {
  const types = kinds.map(({ type }) => type)
  const [first, ...others] = kinds.map(({ options }) => options)
  return z.discriminatedUnion('type', [first!, ...others] as unknown as [z.ZodObject<{ type: z.ZodLiteral }>], {
    error: `type says where events go: ${types.slice(0, -1).join(', ')} or ${types.at(-1)}`,
  }).meta({ id: 'sink' }).transform((given) => given as unknown as SinkConfig)
}

function checkNames (sinks: readonly SinkConfig[], context: z.RefinementCtx): void {
  const names = sinks.map(({ name }) => name)
  for (const [index, name] of names.entries()) {
    if (name !== storeName && names.indexOf(name) === index) continue
    const message = name === storeName ? 'the store is called so' : `another sink is called "${name}" already; give each a name of its own`
    context.addIssue({ code: 'custom', path: [index, 'name'], message })
  }
}
