import type { Problem } from '../../../normalizer/index.ts'
import type { LoadContext } from './context.ts'
import { loadKongFiles, noKong } from './kong-files.ts'
import type { LoadedKong } from './kong-files.ts'
import { kongUnit } from './remote-unit.ts'
import type { RemoteKong } from './remote-unit.ts'
import { kongSources } from './sources.ts'
import type { KongAdminSource, KongSource } from './sources.ts'

/**
 * Reads what Kong routes, from its declarative files and its Admin APIs; what was read last of those that are broken or away.
 * All files together are one configuration.
 */
export async function loadKong (sources: KongSource | readonly KongSource[], context: LoadContext): Promise<LoadedKong> {
  const all = kongSources(sources)
  const paths = all.filter((source) => typeof source === 'string')
  const loaded = paths.length === 0 ? [] : [await loadKongFiles(paths, context)]
  for (const source of all) if (typeof source !== 'string') loaded.push(await loadAdmin(source, context))
  return {
    gateway: { kind: 'kong', routes: loaded.flatMap(({ gateway }) => gateway.routes) },
    services: loaded.flatMap(({ services }) => services),
    consumers: loaded.flatMap(({ consumers }) => consumers),
    problems: loaded.flatMap(({ problems }) => problems),
    passedOver: loaded.reduce((sum, { passedOver }) => sum + passedOver, 0),
    placed: (problem) => loaded.map((kong) => kong.placed(problem)).find((found) => found !== undefined),
  }
}

async function loadAdmin (source: KongAdminSource, context: LoadContext): Promise<LoadedKong> {
  const unit = kongUnit(source)
  const kept = await context.remotes.read<RemoteKong>(unit)
  const problem = context.remotes.states.get(unit.key)?.problem
  const { problems, ...rest } = kept?.catalog ?? { ...noKong, problems: [] }
  const placed = (finding: Problem): Problem | undefined =>
    rest.gateway.routes.some(({ name, id }) => [name, id].includes(finding.where)) ? { ...finding, source: unit.label } : undefined
  return { ...rest, problems: [...problem === undefined ? [] : [problem], ...problems], passedOver: 0, placed }
}
