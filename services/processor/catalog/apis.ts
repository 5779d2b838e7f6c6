import { basename, dirname, extname, resolve } from 'node:path'
import type { ApiDocument, BackstageApi, Problem } from '../../../normalizer/index.ts'
import { GatelensError } from '../../runtime/errors.ts'
import type { LoadedBackstage } from './backstage.ts'
import type { LoadContext } from './context.ts'
import { shownUrl } from './fetch-error.ts'
import { findKeptFiles } from './files.ts'
import { isAmong } from './http.ts'
import { loadInline } from './inline-definition.ts'
import { noApi, serviceOfPath } from './openapi.ts'
import type { DocumentLines, LoadedApi, ServiceChooser } from './openapi.ts'
import { loadApiFile, loadApiUrl } from './api-source.ts'
import { documentUnit, openapiUnit } from './remote-unit.ts'
import { isUrl } from './sources.ts'
import type { OpenApiSource } from './sources.ts'

/** All API documents, what they say of their services, and what was wrong. */
export interface LoadedApis {
  documents: ApiDocument[]
  hints: Map<string, { owner: string, contact: string }>
  problems: Problem[]
  /** Adds the line to a finding about one of these documents. */
  withLine (problem: Problem): Problem
  placeOf: PlaceFinder
}

/** Finds file (or URL) and line of a JSON pointer in the document of a source; undefined for a source that was not read. */
export type PlaceFinder = (source: string, where: string) => { source: string, line: number } | undefined

/** Where API documents come from, and what they share with the other sources. */
export interface ApiSources { sources: readonly OpenApiSource[], backstage: LoadedBackstage, context: LoadContext }

/** The same, and the entities by what they are found by. */
interface Indexed extends ApiSources { find: ApiFinder }

/**
 * Loads the documents of all sources, each file or URL once. Their service is, in this order: the one that the source
 * names; the Backstage component that provides the API whose definition the file is, or whose name or title is the
 * document's; `x-service` of the document; the name of the file.
 */
export async function loadApis (given: ApiSources): Promise<LoadedApis> {
  const options = { ...given, find: apiFinder(given.backstage.apis) }
  const loaded = new Map<string, LoadedApi>()
  for (const source of options.sources) await loadSource(source, options, loaded)
  for (const api of options.backstage.apis) await loadEntity(api, options, loaded)
  const apis = [...loaded.values()]
  const lines: Places = new Map(apis.flatMap(({ api, lines: own }) => api === undefined || own === undefined ? [] : [[api.source, own]]))
  let open: DocumentLines | undefined
  return {
    documents: apis.flatMap(({ api }) => api ?? []),
    hints: new Map(apis.flatMap(({ api, hints }) => api === undefined || hints === undefined ? [] : [[api.service, hints] as const])),
    problems: apis.flatMap(({ problems }) => problems),
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

async function loadSource (source: OpenApiSource, options: Indexed, loaded: Map<string, LoadedApi>): Promise<void> {
  const { find, context } = options
  const unit = openapiUnit(source)
  if (unit === undefined) {
    await loadFiles(typeof source === 'object' && 'path' in source ? source : { path: String(source), service: '' }, options, loaded)
  } else if (!loaded.has(unit.key)) {
    const service = typeof source === 'string' ? '' : source.service ?? ''
    loaded.set(unit.key, await loadApiUrl(unit, chooser(service, find), context))
  }
}

async function loadFiles (source: { path: string, service: string }, options: Indexed, loaded: Map<string, LoadedApi>): Promise<void> {
  const { find, context } = options
  const files = await findKeptFiles(source.path, context)
  let documents = 0
  for (const { path, named } of files) {
    const result = loaded.get(path) ?? await loadApiFile(path, chooser(source.service, find), context)
    if (named && result.api === undefined && result.problems.length === 0) result.problems.push(noApi(context.nameOf(path)))
    if (result.api !== undefined || result.problems.length > 0) documents++
    loaded.set(path, result)
  }
  // A folder may hold anything; one that holds no API at all is a mistake.
  if (documents === 0) {
    throw new GatelensError('CATALOG_EMPTY', `none of the ${files.length} files of "${source.path}" is an OpenAPI document`, {
      where: resolve(context.base, source.path),
    })
  }
}

type Apis = LoadedBackstage['apis']

function chooser (explicit: string, apis: ApiFinder): ServiceChooser {
  return (path, title, hints) => {
    const api = apis(path, title)
    return explicit || api?.providers[0] || hints.service || (api === undefined ? serviceOfPath(path) : api.name)
  }
}

/** Finds the API entity of a document: whose definition the path is, else whose name is that of the file or the title. */
type ApiFinder = (path: string, title: string) => BackstageApi | undefined

function apiFinder (apis: Apis): ApiFinder {
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

/** Loads the definition of an API entity: written inside it, or standing in a file or behind a URL (`$text` and its like). */
async function loadEntity (
  { entity, place }: LoadedBackstage['apis'][number], { context }: ApiSources, loaded: Map<string, LoadedApi>
): Promise<void> {
  if (entity.type !== '' && entity.type !== 'openapi') return
  const service = entity.providers[0] ?? entity.name
  const file = place.file.path
  if (isUrl(entity.location)) {
    const { key } = documentUnit({ url: entity.location, headers: {} })
    if (loaded.has(key)) return
    loaded.set(key, await loadDefinition(entity.location, service, context.nameOf(file), context))
  } else if (entity.location !== '' && isUrl(file)) {
    const message = `the definition of ${entity.ref} stands at ${entity.location}, which Backstage has not resolved`
    loaded.set(entity.ref, { problems: [{ severity: 'warning', code: 'location', message, source: file }] })
  } else if (entity.location !== '') {
    const path = resolve(dirname(file), entity.location)
    if (loaded.has(path)) return
    const result = await loadApiFile(path, () => service, context)
    if (result.api === undefined && result.problems.length === 0) result.problems.push(noApi(context.nameOf(path)))
    loaded.set(path, result)
  } else if (entity.definition !== undefined) {
    const name = context.nameOf(file)
    loaded.set(entity.ref, await loadInline({ definition: entity.definition, place, source: `${name}#${entity.name}`, name, service }))
  }
}

/** Teams write entities, operators the configuration: where an entity may lead to is the operator's to say. */
async function loadDefinition (url: string, service: string, source: string, context: LoadContext): Promise<LoadedApi> {
  const { hosts } = context.policy
  const { hostname } = new URL(url)
  if (isAmong(hostname, hosts)) {
    return await loadApiUrl(documentUnit({ url, headers: {} }), () => service, context)
  }
  const message = `the definition at ${shownUrl(url)} is not fetched: catalog.fetch.hosts does not name ${hostname}`
  return { problems: [{ severity: 'warning', code: 'location', message, source }] }
}
