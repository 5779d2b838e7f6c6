/**
 * Inferred routes that survive restarts: `inference.json` in the state folder holds the routes given so far, by service.
 * A batch is published only after the routes that it brought are durable, so a label that somebody saw never changes.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInference, isInferenceState } from '../../normalizer/index.ts'
import type { Inference, InferenceState, KnowsWord } from '../../normalizer/index.ts'
import { GatelensError, messageOf, systemCode } from '../runtime/errors.ts'
import { writeDurably } from '../runtime/files.ts'
import type { Logger } from '../runtime/log.ts'
import type { Telemetry } from './contract.ts'
import { createNameFilter, isEntityId } from './enrich/names.ts'
import { scrub } from './secrets.ts'
import { normalizeSchema } from './normalize/bounds.ts'
import type { NormalizeConfig } from './normalize/bounds.ts'
import type { StateWriter } from './state-writes.ts'

/**
 * An inference within the configured bounds, whose labels never hold what has the shape of a secret, nor the words of a name that
 * may not be published.
 */
export function createRoutes (bounds: NormalizeConfig['inference'] = normalizeSchema.parse({}).inference, { knows = nothing, names = 'all' }: KnownNames = {}): Inference {
  const { per_level: perLevel, per_service: perService, total, words, callers } = bounds
  const mayName = createNameFilter(names, knows)
  return createInference({ perLevel, perService, total, words, callers, mayKeep: isHarmless, knows, mayName })
}

/** What is known of words and names. */
export interface KnownNames {
  /** Tells the words and names of catalog and gateway. */
  knows?: KnowsWord
  /** Names of services and routes that may be read, as `privacy.names` says. */
  names?: 'all' | 'declared'
}

const nothing: KnowsWord = () => false

/** Inferred routes and their file. */
export interface KeptRoutes {
  inference: Inference
  /** Makes the routes given so far durable; does nothing when there are no new ones, so it writes as often as there are routes. */
  save (): Promise<void>
}

/** What keeping routes takes besides a folder. */
export interface RoutesContext extends KnownNames {
  writer: StateWriter
  telemetry: Pick<Telemetry, 'set'>
  log: Pick<Logger, 'warn'>
}

/**
 * Opens `<folder>/inference.json`. A file that cannot be read as such is left with a warning, and routes are given anew.
 * `writer` does the writes: on a full disk they wait, and with them the input.
 */
export async function keepRoutes (
  folder: string, bounds: NormalizeConfig['inference'], { writer, telemetry, log, ...known }: RoutesContext
): Promise<KeptRoutes> {
  const path = join(folder, 'inference.json')
  const inference = createRoutes(bounds, known)
  const { knows = nothing, names = 'all' } = known
  const mayName = createNameFilter(names, knows)
  const mayKeepService = (service: string): boolean => service === '' || isEntityId(service) || mayName(service)
  const state = await readState(path, log)
  inference.load(state)
  // A file of an earlier version, or one with all words, may hold names: it is written anew.
  let saved = isClean(state, bounds.words) ? inference.revision : -1
  telemetry.set('gatelens_inferred_routes', {}, inference.size)
  const write = async (): Promise<void> => {
    const { size, revision } = inference
    if (revision === saved) return
    const content = `${JSON.stringify(publishable(inference.save(), mayKeepService))}\n`
    const written = await writer(() => writeDurably(path, content)).catch((error: unknown) => {
      throw unwritable(path, messageOf(error), error)
    })
    if (!written) throw unwritable(path, 'the disk is full')
    saved = revision
    telemetry.set('gatelens_inferred_routes', {}, size)
  }
  // One write at a time: pipelines that publish at the same time share the file, and each waits for its own routes.
  let last = Promise.resolve()
  const save = async (): Promise<void> => {
    const turn = last.then(write)
    last = turn.catch(() => {})
    await turn
  }
  return { inference, save }
}

function isHarmless (text: string): boolean {
  return scrub(text) === text
}

async function readState (path: string, log: Pick<Logger, 'warn'>): Promise<unknown> {
  try {
    const state: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (isInferenceState(state)) return state
    log.warn({ path }, 'the inferred routes of earlier runs are of no known version; routes are inferred anew')
  } catch (error) {
    // What stands in the file is not quoted: it may be anything.
    const reason = error instanceof SyntaxError ? 'it is no JSON' : messageOf(error)
    if (systemCode(error) !== 'ENOENT') log.warn({ path, reason }, 'the inferred routes of earlier runs cannot be read; routes are inferred anew')
  }
  return undefined
}

function isClean (state: unknown, words: InferenceState['words']): boolean {
  return state === undefined || (isInferenceState(state) && state.version === 2 && (words === 'all' || state.words === 'known'))
}

/** Names of services come from the gateway; one that looks like a secret is worth nothing to the next run. */
function publishable ({ services, positions, closed, ...rest }: InferenceState, mayKeep: (service: string) => boolean): InferenceState {
  const harmless = <Value> (record: Record<string, Value>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([service]) => mayKeep(service)))
  return { ...rest, services: harmless(services), positions: harmless(positions), closed: harmless(closed) }
}

function unwritable (path: string, reason: string, cause?: unknown): GatelensError {
  return new GatelensError('FOLDER_UNUSABLE', `cannot write the inferred routes: ${reason}`, { where: path, cause })
}
