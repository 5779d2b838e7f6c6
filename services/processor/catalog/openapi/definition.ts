/** The definition of a Backstage API entity: written inside it, or standing in a file or behind a URL (`$text` and its like). */
import { dirname, resolve } from 'node:path'
import type { BackstageApi, Problem } from '../../../../normalizer/index.ts'
import { loadApiFile, loadApiUrl } from './cached-api.ts'
import type { LoadContext } from '../context.ts'
import { shownUrl } from '../fetching/fetch-error.ts'
import { isAmong } from '../fetching/http.ts'
import { loadInline } from './inline-definition.ts'
import { noApi } from './api-document.ts'
import type { LoadedApi } from './api-document.ts'
import { fileParts } from '../reading/parts.ts'
import { rawUrl } from '../fetching/raw-url.ts'
import { documentUnit } from './remote-document.ts'
import { isUrl } from '../reading/source-name.ts'
import type { PlacedApi } from '../source.ts'

/** Loads the definition into `loaded`, by file, URL or entity, unless it is there. */
export async function loadDefinition (api: PlacedApi, context: LoadContext, loaded: Map<string, LoadedApi>): Promise<void> {
  const { entity: { ref, location, definition, type }, place } = api
  if (type !== '' && type !== 'openapi') return
  const file = place.file.path
  if (isDocument(location)) {
    loaded.set(ref, { problems: [problemOf(api, context, 'error', '"$text" holds the document itself: write it without "$text", as "definition: |"')] })
  } else if (isUrl(location)) {
    await loadFromUrl(api, context, loaded)
  } else if (location !== '' && isUrl(file)) {
    const message = `the definition of ${ref} stands at ${location}, which Backstage has not resolved`
    loaded.set(ref, { problems: [{ severity: 'warning', code: 'location', message, source: file }] })
  } else if (location !== '') {
    await loadFromFile(api, context, loaded)
  } else if (definition !== undefined) {
    loaded.set(ref, await loadWritten(api, definition, context))
  }
}

/** `$text` names a place; who writes the text itself there means `definition`. */
function isDocument (location: string): boolean {
  return location.trim().includes('\n') || /^\s*(?:\{|["']?(?:openapi|swagger)["']?\s*:)/.test(location)
}

async function loadWritten (
  { entity, place }: PlacedApi, definition: string | Record<string, unknown>, context: LoadContext
): Promise<LoadedApi> {
  const name = context.nameOf(place.file.path)
  const parts = fileParts({ cache: context.parts, reach: context.reach, nameOf: context.nameOf })
  return await loadInline({ definition, place, source: `${name}#${entity.name}`, name, service: serviceOf(entity), parts })
}

async function loadFromFile (api: PlacedApi, context: LoadContext, loaded: Map<string, LoadedApi>): Promise<void> {
  const { entity, place } = api
  const path = resolve(dirname(place.file.path), entity.location)
  if (loaded.has(path)) return
  const refusal = await context.reach.refusal(path, { isAbsolute: entity.location.startsWith('/') })
  if (refusal !== '') {
    loaded.set(path, { problems: [problemOf(api, context, 'error', `the definition ${entity.location} is not followed: ${refusal}`)] })
    return
  }
  const result = await loadApiFile(path, () => serviceOf(entity), context)
  if (result.api === undefined && result.problems.length === 0) result.problems.push(noApi(context.nameOf(path)))
  const problems = result.problems.map((problem) => problem.code === 'unreadable' && problem.line === 0 ? referred(api, problem, context) : problem)
  loaded.set(path, { ...result, problems })
}

/** What cannot be opened is told where somebody refers to it: there is no file to show. */
function referred (api: PlacedApi, problem: Problem, context: LoadContext, source = problem.source): Problem {
  return { ...problemOf(api, context, problem.severity, `the definition ${source}: ${problem.message.replace(/\.$/, '')}`), code: problem.code }
}

/** Teams write entities, operators the configuration: where an entity may lead to is the operator's to say. */
async function loadFromUrl (api: PlacedApi, context: LoadContext, loaded: Map<string, LoadedApi>): Promise<void> {
  const { entity } = api
  const url = rawUrl(entity.location)
  const unit = documentUnit({ url, headers: {} })
  if (loaded.has(unit.key)) return
  if (!URL.canParse(entity.location)) {
    loaded.set(entity.ref, { problems: [problemOf(api, context, 'error', `the definition ${entity.location} is no URL`)] })
    return
  }
  const { hostname } = new URL(entity.location)
  const isAllowed = [hostname, new URL(url).hostname].some((host) => isAmong(host, context.policy.hosts))
  const message = `the definition at ${shownUrl(entity.location)} is not fetched: catalog.fetch.hosts does not name ${hostname}. ` +
    'Name it there, or the file beside the entity with --openapi'
  if (!isAllowed) {
    loaded.set(unit.key, { problems: [problemOf(api, context, 'warning', message)] })
    return
  }
  const result = await loadApiUrl(unit, () => serviceOf(entity), context)
  const [written, asked] = [shownUrl(entity.location), shownUrl(url)]
  const shown = written === asked ? written : `${written} (asked for as ${asked})`
  const problems = result.problems.map((problem) => isOfWhole(problem) ? referred(api, problem, context, shown) : problem)
  loaded.set(unit.key, { ...result, problems })
}

/** What could not be had, or is no document, has no line of its own. */
function isOfWhole ({ code, line = 0 }: Problem): boolean {
  return line === 0 && (code === 'fetch' || code === 'unreadable')
}

function serviceOf (entity: BackstageApi): string {
  return entity.providers[0] ?? entity.name
}

/** At the line of the definition, with the name of the entity. */
function problemOf ({ entity, place }: PlacedApi, { nameOf }: LoadContext, severity: Problem['severity'], message: string): Problem {
  const { file, document } = place
  return { severity, code: 'location', message: `${entity.ref}: ${message}.`, source: nameOf(file.path), line: file.lineOf('/spec/definition', document) }
}
