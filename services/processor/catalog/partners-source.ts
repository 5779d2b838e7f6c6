import type { Problem } from '../../../normalizer/index.ts'
import { GatelensError } from '../../runtime/errors.ts'
import type { LoadContext } from './context.ts'
import { loadPartners } from './partners.ts'
import type { Partner } from './partners.ts'

/**
 * Reads the partners file. A broken one is an error at the start (CONFIG_…), later a problem that leaves the partners as
 * they were.
 */
export async function loadPartnersFile (path: string, context: LoadContext): Promise<{ partners: Partner[], problems: Problem[] }> {
  const { files, shelf, nameOf, isStart } = context
  const key = `partners ${path}`
  await files.note(path)
  try {
    const partners = loadPartners(path)
    const digest = files.digest([path])
    if (await shelf.digest(key) !== digest) await shelf.put(key, { digest, value: partners })
    return { partners, problems: [] }
  } catch (error) {
    const kept = isStart ? undefined : await shelf.get<Partner[]>(key)
    if (kept === undefined || !(error instanceof GatelensError)) throw error
    files.distrust(path)
    const line = Number(/:(\d+)$/.exec(error.where)?.[1] ?? 1)
    const message = `${error.message}; what was read of the file last stays in use`
    return { partners: kept.value, problems: [{ severity: 'error', code: 'partners', message, source: nameOf(path), line }] }
  }
}
