/**
 * Inferred routes that survive restarts: `inference.json` in the state folder holds the routes given so far, by service.
 * A batch is published only after the routes that it brought are durable, so a label that somebody saw never changes.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInference, isInferenceState } from '../../normalizer/index.ts'
import type { Inference, InferenceState } from '../../normalizer/index.ts'
import { GatelensError, messageOf, systemCode } from '../runtime/errors.ts'
import { writeDurably } from '../runtime/files.ts'
import type { Logger } from '../runtime/log.ts'
import type { Sink, Telemetry } from './contract.ts'
import { scrub } from './secrets.ts'
import { normalizeSchema } from './normalize/bounds.ts'
import type { NormalizeConfig } from './normalize/bounds.ts'
import type { StateWriter } from './state-writes.ts'

/** An inference within the configured bounds, whose labels never hold what has the shape of a secret. */
export function createRoutes (bounds: NormalizeConfig['inference'] = normalizeSchema.parse({}).inference): Inference {
  return createInference({ perLevel: bounds.per_level, perService: bounds.per_service, total: bounds.total, mayKeep: isHarmless })
}

/** Inferred routes and their file. */
export interface KeptRoutes {
  inference: Inference
  /** Makes the routes given so far durable; does nothing when there are no new ones, so it writes as often as there are routes. */
  save (): Promise<void>
  /** The same sink, which takes a batch only after `save`. */
  guard (sink: Sink): Sink
}

/** What keeping routes takes besides a folder. */
export interface RoutesContext {
  writer: StateWriter
  telemetry: Pick<Telemetry, 'set'>
  log: Pick<Logger, 'warn'>
}

/**
 * Opens `<folder>/inference.json`. A file that cannot be read as such is left with a warning, and routes are given anew.
 * `writer` does the writes: on a full disk they wait, and with them the input.
 */
export async function keepRoutes (
  folder: string, bounds: NormalizeConfig['inference'], { writer, telemetry, log }: RoutesContext
): Promise<KeptRoutes> {
  const path = join(folder, 'inference.json')
  const inference = createRoutes(bounds)
  inference.load(await readState(path, log))
  let saved = inference.size
  telemetry.set('gatelens_inferred_routes', {}, saved)
  const save = async (): Promise<void> => {
    const { size } = inference
    if (size === saved) return
    const content = `${JSON.stringify(publishable(inference.save()))}\n`
    const written = await writer(() => writeDurably(path, content)).catch((error: unknown) => {
      throw unwritable(path, messageOf(error), error)
    })
    if (!written) throw unwritable(path, 'the disk is full')
    saved = size
    telemetry.set('gatelens_inferred_routes', {}, size)
  }
  const guard = (sink: Sink): Sink => ({
    write: async (batch, landed) => {
      await save()
      return await sink.write(batch, landed)
    },
    close: async () => sink.close(),
  })
  return { inference, save, guard }
}

function isHarmless (text: string): boolean {
  return scrub(text) === text
}

async function readState (path: string, log: Pick<Logger, 'warn'>): Promise<InferenceState | undefined> {
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

/** Names of services come from the gateway; one that looks like a secret is worth nothing to the next run. */
function publishable ({ version, services }: InferenceState): InferenceState {
  return { version, services: Object.fromEntries(Object.entries(services).filter(([service]) => isHarmless(service))) }
}

function unwritable (path: string, reason: string, cause?: unknown): GatelensError {
  return new GatelensError('FOLDER_UNUSABLE', `cannot write the inferred routes: ${reason}`, { where: path, cause })
}
