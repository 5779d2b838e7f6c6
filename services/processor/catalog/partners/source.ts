/** Partners: organisations that call, their consumers and quotas, in a file of our own format. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { GatelensError } from '../../../runtime/errors.ts'
import type { LoadContext } from '../context.ts'
import { defineSource } from '../source.ts'
import type { Declared } from '../source.ts'
import { loadPartners } from './partners.ts'
import type { Partner } from './partners.ts'

/** Who calls, and how much each may use. */
export const partners = defineSource({
  options: z.string().min(1).optional().describe('Partners, their consumers and quotas.'),
  command: { value: '<file>', describe: 'partners, their consumers and quotas', entry: (place) => place },
  origins: (path) => path === undefined ? [] : [{ path, mayRefer: false }],
  read: async (path, context) => path === undefined ? {} : await loadPartnersFile(resolve(context.base, path), context),
})

/**
 * Reads the partners file. A broken one is an error at the start (CONFIG_…), later a problem that leaves the partners as
 * they were.
 */
async function loadPartnersFile (path: string, context: LoadContext): Promise<Declared> {
  const { files, cache, nameOf, isStart } = context
  const key = `partners ${path}`
  await files.note(path)
  try {
    const read = loadPartners(path)
    const digest = files.digest([path])
    if (await cache.digest(key) !== digest) await cache.put(key, { digest, value: read })
    return { partners: read }
  } catch (error) {
    const kept = isStart ? undefined : await cache.get<Partner[]>(key)
    if (kept === undefined || !(error instanceof GatelensError)) throw error
    files.distrust(path)
    const line = Number(/:(\d+)$/.exec(error.where)?.[1] ?? 1)
    const message = `${error.message}; what was read of the file last stays in use`
    return { partners: kept.value, problems: [{ severity: 'error', code: 'partners', message, source: nameOf(path), line }] }
  }
}
