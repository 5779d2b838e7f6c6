import { readFile, realpath } from 'node:fs/promises'
import { orderKongRoutes, readKong } from '../../../../normalizer/index.ts'
import type { KongCatalog, Problem } from '../../../../normalizer/index.ts'
import { pathOf, readKongFiles } from '../../../kong/read.ts'
import type { Declaration, Fault, KongFile, KongReading } from '../../../kong/read.ts'
import { messageOf } from '../../../runtime/errors.ts'
import type { LoadContext } from '../context.ts'
import { decodeText } from '../reading/document.ts'
import { findFilesOrCached } from '../reading/files.ts'
import type { FoundFile } from '../reading/files.ts'
import { keptMembers } from './entity.ts'
import { memberOf } from '../reading/member.ts'

/** What Kong routes, and where findings about its routes stand: they name the route and no file. */
export interface LoadedKong extends KongCatalog {
  /** The finding with file and line; undefined when the route is not of this source. */
  placed (problem: Problem): Problem | undefined
  /** Files of folders and globs that are not Kong's. */
  passedOver: number
}

/** What a Kong without anything routes. */
export const noKong: Omit<KongCatalog, 'problems'> = { routes: [], gateway: { rules: [] }, services: [], consumers: [] }

/**
 * Reads declarative files of Kong and decK, all together as one configuration. While one of them is broken, what was read of
 * all last stays in use; at a start the others count. Throws CATALOG_EMPTY when a source gives no file at the start. What is
 * kept has ids of credentials, never their secrets.
 */
export async function loadKongFiles (sources: readonly string[], context: LoadContext): Promise<LoadedKong> {
  const { files, cache } = context
  const found = await findOnce(sources, context)
  const paths = found.map(({ path }) => path)
  const { texts, unread } = await readTexts(found, context)
  const reading = readKongFiles(texts)
  const broken = [...unread, ...reading.faults.filter(({ code }) => code === 'syntax')]
  const key = `kong ${sources.join(' ')}`
  const kept = broken.length === 0 ? undefined : await cache.get<KongCatalog>(key)
  if (kept !== undefined) {
    for (const { path } of broken) files.distrust(path)
    const problems = broken.map((fault) => problemOf({ ...fault, message: `${fault.message}; what was read of the files last stays in use` }, context))
    return { ...kept.value, problems, passedOver: 0, placed: (finding) => ({ ...finding, source: context.nameOf(paths[0] ?? '') }) }
  }
  const catalog = catalogOf(reading, unread, context)
  for (const { path } of broken) files.distrust(path)
  const digest = files.digest(paths)
  if (broken.length === 0 && await cache.digest(key) !== digest) await cache.put(key, { digest, value: catalog })
  return { ...catalog, passedOver: reading.passedOver, placed: placer(reading.declarations, context) }
}

async function findOnce (sources: readonly string[], context: LoadContext): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>()
  for (const source of sources) {
    for (const file of await findFilesOrCached(source, context)) {
      const real = await realpath(file.path).catch(() => file.path)
      if (!found.has(real) || file.named) found.set(real, file)
    }
  }
  return [...found.values()]
}

async function readTexts (
  found: readonly FoundFile[], { files, oversized, begin }: LoadContext
): Promise<{ texts: KongFile[], unread: Fault[] }> {
  const texts: KongFile[] = []
  const unread: Fault[] = []
  for (const { path, named } of found) {
    const fail = (message: string): void => { unread.push({ severity: 'error', code: 'syntax', message, path, line: 0 }) }
    await files.note(path)
    begin(path)
    const tooMuch = oversized.get(path)
    if (tooMuch !== undefined) fail(tooMuch)
    else {
      await readFile(path).then(
        (bytes) => texts.push({ path, named, text: decodeText(bytes) }),
        (error: unknown) => { fail(`cannot read the file: ${messageOf(error)}`) })
    }
  }
  return { texts, unread }
}

function catalogOf ({ declarations, faults }: KongReading, unread: readonly Fault[], context: LoadContext): KongCatalog {
  const catalogs = declarations.map((declaration) => {
    const { problems, ...catalog } = readKong(declaration.document, { source: '' })
    return { ...catalog, problems: problems.map((problem) => withPlace(problem, pathOf(problem.where ?? ''), problem.where ?? '', declaration, context)) }
  })
  const routes = catalogs.flatMap((catalog) => catalog.routes)
  return {
    routes,
    gateway: orderKongRoutes(routes),
    services: catalogs.flatMap(({ services }) => services),
    consumers: catalogs.flatMap(({ consumers }) => consumers),
    problems: [
      ...[...unread, ...faults].map((fault) => problemOf(fault, context)),
      ...declarations.flatMap((declaration) => unsetProblems(declaration, context)),
      ...catalogs.flatMap(({ problems }) => problems),
    ],
  }
}

function problemOf ({ severity, code, message, path, line }: Fault, { nameOf }: LoadContext): Problem {
  return { severity, code: code === 'syntax' ? 'unreadable' : code, message, source: nameOf(path), line }
}

/** Placeholders in what the catalog does not use (secrets, plugins) may stay open. */
function unsetProblems (declaration: Declaration, context: LoadContext): Problem[] {
  return declaration.unset.filter(({ at }) => isUsed(at)).map(({ at, placeholder, reason }) =>
    withPlace({ severity: 'error', code: 'unset-variable', message: `${placeholder} stands as it is written: ${reason}`, source: '' }, at, '', declaration, context))
}

/** `services/0/routes/1/hosts/0`: the innermost list of entities and the member behind its index decide. */
function isUsed (at: readonly PropertyKey[]): boolean {
  if (at[0] === '_info') return at[1] === 'defaults' && kept.get(`${String(at[2])}s`)?.includes(String(at[3])) === true
  if (!kept.has(String(at[0]))) return false
  const last = typeof at[3] === 'number' && kept.has(String(at[2])) ? 2 : 0
  return kept.get(String(at[last]))!.includes(String(at[last + 2]))
}

const kept = new Map<string, readonly string[]>(Object.entries(keptMembers))

function withPlace (
  problem: Problem, at: readonly PropertyKey[], where: string, { placeOf }: Declaration, { nameOf }: LoadContext
): Problem {
  const { path, line } = placeOf(at)
  return { ...problem, source: nameOf(path), where, line }
}

/** Gives a finding about a route the line of its paths. */
function placer (declarations: readonly Declaration[], context: LoadContext): LoadedKong['placed'] {
  return (finding) => {
    for (const declaration of declarations) {
      const at = routePath(declaration.document, finding.where ?? '')
      if (at !== undefined) return withPlace(finding, at, `/${at.map(String).join('/')}`, declaration, context)
    }
    return undefined
  }
}

function routePath (document: unknown, name: string): PropertyKey[] | undefined {
  const lists = listAt(document, 'services').map((service, index) => ({ at: ['services', index, 'routes'], routes: listAt(service, 'routes') }))
  for (const { at, routes } of [...lists, { at: ['routes'], routes: listAt(document, 'routes') }]) {
    const index = routes.findIndex((route) => [memberOf(route, 'name'), memberOf(route, 'id')].includes(name))
    if (index >= 0) return [...at, index, 'paths']
  }
  return undefined
}

function listAt (holder: unknown, key: string): unknown[] {
  const list = memberOf(holder, key)
  return Array.isArray(list) ? list : []
}
