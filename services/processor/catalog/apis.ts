import { basename, dirname, extname, resolve } from 'node:path'
import type { ApiDocument, Problem } from '../../../normalizer/index.ts'
import { GatelensError } from '../../runtime/errors.ts'
import type { LoadedBackstage } from './backstage.ts'
import { isBroken, parseSource } from './document.ts'
import type { SourceFile } from './document.ts'
import { findFiles } from './files.ts'
import { isApiDocument, loadOpenApi, readDocument, serviceOfPath } from './openapi.ts'
import type { LoadedApi, ServiceChooser } from './openapi.ts'
import type { SourceNames } from './source-name.ts'

/** Where API documents come from. */
export interface ApiSources {
  sources: ReadonlyArray<string | { path: string, service: string }>
  base: string
  backstage: LoadedBackstage
  nameOf: SourceNames
}

/** All API documents, what they say of their services, and what was wrong. */
export interface LoadedApis {
  documents: ApiDocument[]
  hints: Map<string, { owner: string, contact: string }>
  problems: Problem[]
  /** Adds the line to a finding about one of these documents. */
  withLine (problem: Problem): Problem
}

/**
 * Loads the documents of all sources, each file once. Their service is, in this order: the one that the source names;
 * the Backstage component that provides the API whose definition the file is, or whose name or title is the document's;
 * `x-service` of the document; the name of the file.
 */
export async function loadApis (options: ApiSources): Promise<LoadedApis> {
  const loaded = new Map<string, LoadedApi>()
  for (const source of options.sources) await loadSource(source, options, loaded)
  for (const api of options.backstage.apis) await loadEntity(api, options, loaded)
  const apis = [...loaded.values()]
  const files = new Map(apis.flatMap(({ api, file }): Array<[string, SourceFile]> =>
    api === undefined || file === undefined ? [] : [[api.source, file]]))
  return {
    documents: apis.flatMap(({ api }) => api ?? []),
    hints: new Map(apis.flatMap(({ api, hints }) => api === undefined || hints === undefined ? [] : [[api.service, hints] as const])),
    problems: apis.flatMap(({ problems }) => problems),
    withLine: (problem) => {
      const file = files.get(problem.source)
      return file === undefined || problem.where === undefined ? problem : { ...problem, line: file.lineOf(problem.where) }
    },
  }
}

async function loadSource (source: ApiSources['sources'][number], options: ApiSources, loaded: Map<string, LoadedApi>): Promise<void> {
  const { path: pattern, service } = typeof source === 'string' ? { path: source, service: '' } : source
  const files = await findFiles(pattern, options.base)
  let documents = 0
  for (const { path, named } of files) {
    const result = loaded.get(path) ?? await loadOpenApi(path, options.nameOf(path), chooser(service, options.backstage))
    if (named && result.api === undefined && result.problems.length === 0) result.problems.push(noApi(options.nameOf(path)))
    if (result.api !== undefined || result.problems.length > 0) documents++
    loaded.set(path, result)
  }
  // A folder may hold anything; one that holds no API at all is a mistake.
  if (documents === 0) {
    throw new GatelensError('CATALOG_EMPTY', `none of the ${files.length} files of "${pattern}" is an OpenAPI document`, { where: resolve(options.base, pattern) })
  }
}

function noApi (source: string): Problem {
  return { severity: 'error', code: 'not-openapi', message: 'The file is no OpenAPI document: it has neither "openapi" nor "swagger".', source, line: 1 }
}

function chooser (explicit: string, { apis }: LoadedBackstage): ServiceChooser {
  return (path, title, hints) => {
    const name = basename(path, extname(path))
    const isDefinition = ({ entity, file }: LoadedBackstage['apis'][number]): boolean =>
      entity.location !== '' && resolve(dirname(file), entity.location) === path
    const api = apis.find(isDefinition) ?? apis.find(({ entity }) => entity.name === name || (title !== '' && entity.name === title))
    return explicit || api?.entity.providers[0] || hints.service || (api === undefined ? serviceOfPath(path) : api.entity.name)
  }
}

/** Loads the definition of an API entity: written inside it, or standing in a file of its own (`$text` and its like). */
async function loadEntity ({ entity, file }: LoadedBackstage['apis'][number], options: ApiSources, loaded: Map<string, LoadedApi>): Promise<void> {
  if (entity.type !== '' && entity.type !== 'openapi') return
  const service = entity.providers[0] ?? entity.name
  if (entity.location !== '') {
    const path = resolve(dirname(file), entity.location)
    if (loaded.has(path)) return
    const result = /^https?:/i.test(entity.location)
      ? remote(entity.location, options.nameOf(file))
      : await loadOpenApi(path, options.nameOf(path), () => service)
    if (result.api === undefined && result.problems.length === 0) result.problems.push(noApi(options.nameOf(path)))
    loaded.set(path, result)
  } else if (entity.definition !== undefined) {
    loaded.set(entity.ref, await loadInline(entity.definition, file, `${options.nameOf(file)}#${entity.name}`, service))
  }
}

function remote (location: string, source: string): LoadedApi {
  return { problems: [{ severity: 'warning', code: 'location', message: `a remote definition is not fetched: ${location}`, source }] }
}

type Definition = string | Record<string, unknown>

async function loadInline (definition: Definition, path: string, source: string, service: string): Promise<LoadedApi> {
  const parsed = typeof definition === 'string' ? parseSource(path, definition) : undefined
  if (parsed !== undefined && isBroken(parsed)) {
    return { problems: [{ severity: 'error', code: 'unreadable', message: `${parsed.message} (line ${parsed.line} of the definition)`, source }] }
  }
  const document = parsed === undefined ? definition : parsed.documents[0]
  if (!isApiDocument(document)) return { problems: [noApi(source)] }
  return await readDocument(document, path, source, undefined, () => service)
}
