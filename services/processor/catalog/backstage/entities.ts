import { dirname, isAbsolute, resolve } from 'node:path'
import { readBackstage } from '../../../../normalizer/index.ts'
import type { Problem } from '../../../../normalizer/index.ts'
import type { LoadContext } from '../context.ts'
import type { SourceFile } from '../reading/document.ts'
import { findFiles, findFilesOrCached } from '../reading/files.ts'
import type { FoundFile } from '../reading/files.ts'
import type { EntityPlace } from '../openapi/inline-definition.ts'
import { readCachedFile } from '../reading/cached-file.ts'
import { memberOf, textAt } from '../reading/member.ts'
import { repeatedProblems } from '../openapi/api-document.ts'
import { backstageUnit } from './api.ts'
import type { BackstageServerEntry, RemoteBackstage } from './api.ts'
import type { SourceNames } from '../reading/source-name.ts'
import type { Declared } from '../source.ts'

/** An entry of `backstage:`: files, or a server. */
export type Entry = string | BackstageServerEntry

interface Entity extends EntityPlace { value: unknown }

/**
 * Reads Backstage descriptor files (several entities a file) and follows their Location entities to further files.
 * Broken files, remote locations and missing targets are problems; the rest is used, and of a file that was good before
 * what it was then.
 */
export async function loadBackstage (sources: readonly Entry[], context: LoadContext): Promise<Declared> {
  const { nameOf } = context
  const problems: Problem[] = []
  const files: FoundFile[] = []
  for (const source of sources) if (typeof source === 'string') files.push(...await findFilesOrCached(source, context))
  const entities: Entity[] = []
  const seen = new Set<string>()
  let passedOver = 0
  const queue = [...files]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next.path)) continue
    seen.add(next.path)
    const found = await readEntities(next, context, problems)
    if (found.length === 0 && !next.named) passedOver++
    entities.push(...found)
    for (const entity of found) queue.push(...await followLocation(entity, context, problems))
  }
  for (const source of sources) if (typeof source !== 'string') entities.push(...await readRemote(source, context, problems))
  const catalog = readBackstage(entities.map(({ value }) => value), { source: '' })
  const places = new Map(entities.map((entity) => [refOf(entity.value), entity] as const).reverse())
  problems.push(...catalog.problems.map((problem) => placed(problem, places.get(problem.where ?? '') ?? entities[Number(problem.where?.slice(1))], nameOf)))
  return {
    services: catalog.services.map(({ name, owner, system, domain, lifecycle, contact }) =>
      ({ name, owner, system, domain, lifecycle, contact })),
    apis: catalog.apis.map((entity) => ({ entity, place: places.get(entity.ref) ?? nowhere })),
    problems,
    passedOver,
  }
}

/** The entities of one file. Of files that were not named, those of other programs, and templates of entities, are none. */
async function readEntities (found: FoundFile, context: LoadContext, problems: Problem[]): Promise<Entity[]> {
  const { path, named } = found
  const source = context.nameOf(path)
  const refusal = named ? '' : await context.reach.refusal(path)
  if (refusal !== '') {
    problems.push({ severity: 'error', code: 'not-followed', message: `The symbolic link is not followed: ${refusal}.`, source, line: 0 })
    return []
  }
  const file = await readCachedFile(found, context, problems)
  if (file === undefined || file === 'passed over') return []
  const entities = file.documents.map((value, document): Entity => ({ value, file, document }))
    .filter(({ value }) => named || textAt(value, 'apiVersion').startsWith('backstage.io/'))
  const own = entities.filter(({ value }) => !isTemplate(value))
  if (named && own.length === 0) {
    const message = entities.length === 0 ? 'The file holds no entity.' : 'The file is a template, and holds no entity before it is filled in.'
    problems.push({ severity: 'error', code: 'invalid-entity', message, source, line: 1 })
  }
  for (const { document } of own) problems.push(...repeatedProblems(file.repeated, source, document))
  return own
}

/** Skeletons of the scaffolder have expressions where entities have names: https://backstage.io/docs/features/software-templates/ */
function isTemplate (entity: unknown): boolean {
  const metadata = memberOf(entity, 'metadata')
  return [textAt(entity, 'kind'), textAt(metadata, 'name'), textAt(metadata, 'namespace')].some((text) => /\{[{%]/.test(text))
}

const nowhere: EntityPlace = { file: { path: '', documents: [], lineOf: () => 0 }, document: 0 }

async function readRemote (source: BackstageServerEntry, { remotes }: LoadContext, problems: Problem[]): Promise<Entity[]> {
  const unit = backstageUnit(source)
  const kept = await remotes.read<RemoteBackstage>(unit)
  const problem = remotes.states.get(unit.key)?.problem
  if (problem !== undefined) problems.push(problem)
  problems.push(...kept?.problems ?? [])
  const file: SourceFile = { path: unit.label, documents: [], lineOf: () => 0 }
  return (kept?.entities ?? []).map((value): Entity => ({ value, file, document: 0 }))
}

/** https://backstage.io/docs/features/software-catalog/descriptor-format#kind-location */
async function followLocation ({ value, file, document }: Entity, context: LoadContext, problems: Problem[]): Promise<FoundFile[]> {
  if (textAt(value, 'kind').toLowerCase() !== 'location') return []
  const spec = memberOf(value, 'spec')
  const targets = [memberOf(spec, 'target'), memberOf(spec, 'targets')].flat().filter((target) => typeof target === 'string')
  const found: FoundFile[] = []
  for (const target of targets) {
    const { files, trouble } = await findTarget(target, file.path, context)
    found.push(...files)
    if (trouble === '' || (trouble === missing && textAt(spec, 'presence') === 'optional')) continue
    const place = { source: context.nameOf(file.path), line: file.lineOf('/spec', document) }
    problems.push({ severity: 'warning', code: 'location', message: `${trouble}: ${target}`, ...place })
  }
  return found
}

const missing = 'no file matches a target of the location'

/** What teams write must not lead anywhere on the machine. */
async function findTarget (
  target: string, from: string, { reach, exclude }: LoadContext
): Promise<{ files: FoundFile[], trouble: string }> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return { files: [], trouble: 'a remote location is not followed' }
  const files = await findFiles(target, dirname(from), exclude).catch(() => [])
  if (files.length === 0) return { files: [], trouble: missing }
  const refusals = await Promise.all(files.map(async ({ path }) => await reach.refusal(path, { isAbsolute: isAbsolute(target) })))
  const allowed = files.filter((_, index) => refusals[index] === '').map(({ path, named }) => ({ path: resolve(path), named }))
  return { files: allowed, trouble: refusals.find((refusal) => refusal !== '') ?? '' }
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
