import { dirname, resolve } from 'node:path'
import { readBackstage } from '../../../normalizer/index.ts'
import type { BackstageApi, BackstageCatalog, Problem } from '../../../normalizer/index.ts'
import type { LoadContext } from './context.ts'
import type { SourceFile } from './document.ts'
import { findFiles, findKeptFiles } from './files.ts'
import type { FoundFile } from './files.ts'
import type { EntityPlace } from './inline-definition.ts'
import { readKeptSource } from './kept-source.ts'
import { memberOf, textAt } from './member.ts'
import { backstageUnit } from './remote-unit.ts'
import type { RemoteBackstage } from './remote-unit.ts'
import type { SourceNames } from './source-name.ts'
import type { BackstageSource } from './sources.ts'

/** Backstage's own view of the entities that were read, and where each of its API documents stands. */
export interface LoadedBackstage {
  catalog: BackstageCatalog
  /** API entities and where they stand, in a file or behind the URL of a Backstage; their `location` is relative to a file. */
  apis: Array<{ entity: BackstageApi, place: EntityPlace }>
  problems: Problem[]
}

interface Entity extends EntityPlace { value: unknown }

/**
 * Reads Backstage descriptor files (several entities a file) and follows their Location entities to further files.
 * Broken files, remote locations and missing targets are problems; the rest is used, and of a file that was good before
 * what it was then.
 */
export async function loadBackstage (sources: readonly BackstageSource[], context: LoadContext): Promise<LoadedBackstage> {
  const { nameOf } = context
  const problems: Problem[] = []
  const files: FoundFile[] = []
  for (const source of sources) if (typeof source === 'string') files.push(...await findKeptFiles(source, context))
  const entities: Entity[] = []
  const seen = new Set<string>()
  const queue = [...files]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next.path)) continue
    seen.add(next.path)
    const file = await readKeptSource(next.path, context, problems)
    if (file === undefined) continue
    if (next.named && file.documents.length === 0) {
      problems.push({ severity: 'error', code: 'invalid-entity', message: 'The file holds no entity.', source: nameOf(next.path), line: 1 })
    }
    const found = file.documents.map((value, document): Entity => ({ value, file, document }))
      .filter(({ value }) => next.named || textAt(value, 'apiVersion').startsWith('backstage.io/'))
    entities.push(...found)
    for (const entity of found) queue.push(...await followLocation(entity, nameOf, problems))
  }
  for (const source of sources) if (typeof source !== 'string') entities.push(...await readRemote(source, context, problems))
  const catalog = readBackstage(entities.map(({ value }) => value), { source: '' })
  const places = new Map(entities.map((entity) => [refOf(entity.value), entity] as const).reverse())
  problems.push(...catalog.problems.map((problem) => placed(problem, places.get(problem.where ?? '') ?? entities[Number(problem.where?.slice(1))], nameOf)))
  return {
    catalog,
    apis: catalog.apis.map((entity) => ({ entity, place: places.get(entity.ref) ?? nowhere })),
    problems,
  }
}

const nowhere: EntityPlace = { file: { path: '', documents: [], lineOf: () => 0 }, document: 0 }

async function readRemote (source: Exclude<BackstageSource, string>, { remotes }: LoadContext, problems: Problem[]): Promise<Entity[]> {
  const unit = backstageUnit(source)
  const kept = await remotes.read<RemoteBackstage>(unit)
  const problem = remotes.states.get(unit.key)?.problem
  if (problem !== undefined) problems.push(problem)
  problems.push(...kept?.problems ?? [])
  const file: SourceFile = { path: unit.label, documents: [], lineOf: () => 0 }
  return (kept?.entities ?? []).map((value): Entity => ({ value, file, document: 0 }))
}

/** https://backstage.io/docs/features/software-catalog/descriptor-format#kind-location */
async function followLocation ({ value, file, document }: Entity, nameOf: SourceNames, problems: Problem[]): Promise<FoundFile[]> {
  if (textAt(value, 'kind').toLowerCase() !== 'location') return []
  const spec = memberOf(value, 'spec')
  const targets = [memberOf(spec, 'target'), memberOf(spec, 'targets')].flat().filter((target) => typeof target === 'string')
  const found: FoundFile[] = []
  for (const target of targets) {
    const message = /^[a-z][a-z0-9+.-]*:\/\//i.test(target)
      ? 'a remote location is not followed'
      : await findFiles(target, dirname(file.path)).then((files) => { found.push(...files) }, () => 'no file matches a target of the location')
    if (message !== undefined) {
      problems.push({ severity: 'warning', code: 'location', message: `${message}: ${target}`, source: nameOf(file.path), line: file.lineOf('/spec', document) })
    }
  }
  return found.map((item) => ({ path: resolve(item.path), named: item.named }))
}

function placed (problem: Problem, entity: Entity | undefined, nameOf: SourceNames): Problem {
  if (entity === undefined) return problem
  return { ...problem, source: nameOf(entity.file.path), line: entity.file.lineOf('', entity.document) }
}

/** `kind:namespace/name`, lower case, as the problems name entities. */
function refOf (entity: unknown): string {
  const metadata = memberOf(entity, 'metadata')
  return `${textAt(entity, 'kind')}:${textAt(metadata, 'namespace') || 'default'}/${textAt(metadata, 'name')}`.toLowerCase()
}
