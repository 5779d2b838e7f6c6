import { basename, dirname, extname, resolve } from 'node:path'
import type { ApiDocument, BackstageApi, Problem } from '../../../../normalizer/index.ts'
import { GatelensError } from '../../../runtime/errors.ts'
import { loadDefinition } from './definition.ts'
import type { LoadContext } from '../context.ts'
import { findFilesOrCached } from '../reading/files.ts'
import type { FoundFile } from '../reading/files.ts'
import { noApi, serviceOfPath } from './api-document.ts'
import type { DocumentLines, LoadedApi, ServiceChooser } from './api-document.ts'
import { loadApiFile, loadApiUrl } from './cached-api.ts'
import { isUrl } from '../reading/source-name.ts'
import type { DocumentOrigin, PlacedApi } from '../source.ts'

/** All API documents, what they say of their services, and what was wrong. */
export interface LoadedApis {
  documents: ApiDocument[]
  hints: Map<string, { owner: string, contact: string }>
  problems: Problem[]
  /** Files that folders and globs led to, and that are no API documents. */
  passedOver: number
  /** Adds the line to a finding about one of these documents. */
  withLine (problem: Problem): Problem
  placeOf: PlaceFinder
}

/** Finds file (or URL) and line of a JSON pointer in the document of a source; undefined for a source that was not read. */
export type PlaceFinder = (source: string, where: string) => { source: string, line: number } | undefined

/** Which documents to read, and the API entities that tell their services or have documents of their own. */
export interface ApiSources { documents: readonly DocumentOrigin[], entities: readonly PlacedApi[], context: LoadContext }

/** The same, and the entities by what they are found by. */
interface Indexed extends ApiSources { find: ApiFinder }

/** What was read, by file or URL, and which files were passed over. */
interface Outcome { loaded: Map<string, LoadedApi>, passedOver: Set<string> }

/**
 * Loads the documents of all sources, each file or URL once. Their service is, in this order: the one that the source
 * names; the Backstage component that provides the API whose definition the file is, or whose name or title is the
 * document's; `x-service` of the document; the name of the file.
 */
export async function loadApis (given: ApiSources): Promise<LoadedApis> {
  const options = { ...given, find: apiFinder(given.entities) }
  const loaded = new Map<string, LoadedApi>()
  const passedOver = new Set<string>()
  for (const document of options.documents) await loadOrigin(document, options, { loaded, passedOver })
  for (const api of options.entities) await loadDefinition(api, options.context, loaded)
  const apis = [...loaded.values()]
  const lines: Places = new Map(apis.flatMap(({ api, lines: own }) => api === undefined || own === undefined ? [] : [[api.source, own]]))
  let open: DocumentLines | undefined
  return {
    documents: apis.flatMap(({ api }) => api ?? []),
    hints: new Map(apis.flatMap(({ api, hints }) => api === undefined || hints === undefined ? [] : [[api.service, hints] as const])),
    problems: apis.flatMap(({ problems }) => problems),
    passedOver: [...passedOver].filter((path) => !loaded.has(path)).length,
    withLine: (problem) => {
      const place = lines.get(problem.source)
      if (place === undefined || problem.where === undefined || problem.line !== undefined) return problem
      // Findings come document by document: the lines of one at a time are enough.
      if (open !== place) open?.forget?.()
      open = place
      return { ...problem, ...placeIn(lines, problem.source, problem.where) }
    },
    placeOf: (source, where) => placeIn(lines, source, where),
  }
}

type Places = ReadonlyMap<string, DocumentLines>

function placeIn (lines: Places, source: string, where: string): ReturnType<PlaceFinder> {
  const place = lines.get(source)
  return place === undefined ? undefined : { source: place.source ?? source, line: place.lineOf(where) }
}

async function loadOrigin (origin: DocumentOrigin, options: Indexed, outcome: Outcome): Promise<void> {
  const { find, context } = options
  if ('path' in origin) await loadFiles(origin, options, outcome)
  else if (!outcome.loaded.has(origin.unit.key)) {
    outcome.loaded.set(origin.unit.key, await loadApiUrl(origin.unit, chooser(origin.service, find), context))
  }
}

async function loadFiles (source: { path: string, service: string }, options: Indexed, { loaded, passedOver }: Outcome): Promise<void> {
  const { find, context } = options
  const files = await findFilesOrCached(source.path, context)
  let documents = 0
  for (const found of files) {
    const { path } = found
    const known = loaded.get(path)
    // Who names a file itself wants it, also where a folder may not lead to it.
    const isKnown = known !== undefined && (known.api !== undefined || !found.named)
    const result = isKnown ? known : await loadFound(found, chooser(source.service, find), context)
    if (result.api === undefined && result.problems.length === 0) passedOver.add(path)
    else {
      documents++
      loaded.set(path, result)
    }
  }
  // A folder may hold anything; one that holds no API at all is a mistake.
  if (documents === 0) {
    throw new GatelensError('CATALOG_EMPTY', `none of the ${files.length} files of "${source.path}" is an OpenAPI document`, {
      where: resolve(context.base, source.path),
    })
  }
}

/** A file that was named is an API document or a mistake; of others only those count that look like one. */
async function loadFound ({ path, named }: FoundFile, choose: ServiceChooser, context: LoadContext): Promise<LoadedApi> {
  const source = context.nameOf(path)
  if (named) {
    const result = await loadApiFile(path, choose, context)
    return result.api === undefined && result.problems.length === 0 ? { problems: [noApi(source)] } : result
  }
  const refusal = await context.reach.refusal(path)
  if (refusal !== '') {
    return { problems: [{ severity: 'error', code: 'not-followed', message: `The symbolic link is not followed: ${refusal}.`, source, line: 0 }] }
  }
  const result = await loadApiFile(path, choose, context)
  return result.isDoubtful === true ? { problems: [] } : result
}

function chooser (explicit: string, apis: ApiFinder): ServiceChooser {
  return (path, title, hints) => {
    const api = apis(path, title)
    return explicit || api?.providers[0] || hints.service || (api === undefined ? serviceOfPath(path) : api.name)
  }
}

/** Finds the API entity of a document: whose definition the path is, else whose name is that of the file or the title. */
type ApiFinder = (path: string, title: string) => BackstageApi | undefined

function apiFinder (apis: readonly PlacedApi[]): ApiFinder {
  const byLocation = new Map<string, BackstageApi>()
  const byName = new Map<string, number>()
  apis.forEach(({ entity, place }, index) => {
    const { location, name } = entity
    const path = isUrl(location) ? location : resolve(dirname(place.file.path), location)
    if (location !== '' && !byLocation.has(path)) byLocation.set(path, entity)
    if (!byName.has(name)) byName.set(name, index)
  })
  return (path, title) => {
    const named = [basename(path, extname(path)), title].flatMap((name) => name === '' ? [] : byName.get(name) ?? [])
    return byLocation.get(path) ?? apis[Math.min(...named)]?.entity
  }
}
