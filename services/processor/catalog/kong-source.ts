import { resolve } from 'node:path'
import { readKong } from '../../../normalizer/index.ts'
import type { KongCatalog, Problem } from '../../../normalizer/index.ts'
import { GatelensError } from '../../runtime/errors.ts'
import type { LoadContext } from './context.ts'
import { isBroken, readSource } from './document.ts'
import type { SourceFile } from './document.ts'
import { memberOf } from './member.ts'
import { kongUnit } from './remote-unit.ts'
import type { RemoteKong } from './remote-unit.ts'
import type { KongSource } from './sources.ts'

/** What Kong routes, and where findings about its routes stand: they name the route and no file. */
export interface LoadedKong extends KongCatalog { withPlace (problem: Problem): Problem }

/** Reads what Kong routes, from its declarative file or its Admin API; what was read last when that is broken or away. */
export async function loadKong (source: KongSource, context: LoadContext): Promise<LoadedKong> {
  if (typeof source === 'string') return await loadKongFile(resolve(context.base, source), context)
  const unit = kongUnit(source)
  const kept = await context.remotes.read<RemoteKong>(unit)
  const problem = context.remotes.states.get(unit.key)?.problem
  const { problems, ...rest } = kept?.catalog ?? { ...nothing, problems: [] }
  const withPlace = (finding: Problem): Problem => ({ ...finding, source: unit.label })
  return { ...rest, problems: [...problem === undefined ? [] : [problem], ...problems], withPlace }
}

/**
 * Reads Kong's declarative file. A broken one is a problem and gives what was read of it last, else nothing. Throws
 * CATALOG_EMPTY when there is no such file at the start. What is kept has ids of credentials, never their secrets.
 */
async function loadKongFile (path: string, context: LoadContext): Promise<LoadedKong> {
  const { files, shelf, isStart, oversized } = context
  const key = `kong ${path}`
  await files.note(path)
  context.begin(path)
  const tooMuch = oversized.get(path)
  const source = tooMuch === undefined ? await readSource(path) : { message: tooMuch, line: 1 }
  if (!isBroken(source) && source.documents.length > 0) {
    const catalog = read(source, context)
    const digest = files.digest([path])
    if (await shelf.digest(key) !== digest) await shelf.put(key, { digest, value: catalog })
    return { ...catalog, withPlace: placer(source, context) }
  }
  const kept = await shelf.get<KongCatalog>(key)
  if (!isBroken(source) && kept === undefined) return { ...read(source, context), withPlace: placer(source, context) }
  const { message, line } = isBroken(source) ? source : { message: 'the file is empty', line: 1 }
  if (kept === undefined && isStart && line === 0) throw new GatelensError('CATALOG_EMPTY', message, { where: path })
  files.distrust(path)
  const withPlace = (finding: Problem): Problem => ({ ...finding, source: context.nameOf(path) })
  return { ...kept?.value ?? nothing, problems: [problemOf(path, message, line, kept !== undefined, context)], withPlace }
}

/** Gives a finding about a route the line of its paths. */
function placer (file: SourceFile, { nameOf }: LoadContext): LoadedKong['withPlace'] {
  return (finding) => {
    const where = routePointer(file.documents[0], finding.where ?? '')
    return { ...finding, source: nameOf(file.path), where, line: file.lineOf(where) }
  }
}

function routePointer (document: unknown, name: string): string {
  const lists = listAt(document, 'services').map((service, index) => ({ at: `/services/${index}/routes`, routes: listAt(service, 'routes') }))
  for (const { at, routes } of [...lists, { at: '/routes', routes: listAt(document, 'routes') }]) {
    const index = routes.findIndex((route) => [memberOf(route, 'name'), memberOf(route, 'id')].includes(name))
    if (index >= 0) return `${at}/${index}/paths`
  }
  return ''
}

function listAt (holder: unknown, key: string): unknown[] {
  const list = memberOf(holder, key)
  return Array.isArray(list) ? list : []
}

const nothing: Omit<KongCatalog, 'problems'> = { gateway: { kind: 'kong', routes: [] }, services: [], consumers: [] }

function read (source: SourceFile, { nameOf }: LoadContext): KongCatalog {
  const catalog = readKong(source.documents[0], { source: nameOf(source.path) })
  return { ...catalog, problems: catalog.problems.map((problem) => ({ ...problem, line: source.lineOf(problem.where ?? '') })) }
}

function problemOf (path: string, message: string, line: number, isKept: boolean, { nameOf }: LoadContext): Problem {
  const note = isKept ? '; what was read of the file last stays in use' : ''
  return { severity: 'error', code: 'unreadable', message: `${message}${note}`, source: nameOf(path), line }
}
