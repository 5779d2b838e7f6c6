/** One API document, from a file or a URL; what was read of it last when it is broken or away. */
import type { ApiDocument, Problem } from '../../../../normalizer/index.ts'
import type { LoadContext } from '../context.ts'
import { lineAt } from '../reading/json-places.ts'
import { linesAgain, loadOpenApi, noHints } from './api-document.ts'
import type { LoadedApi, ServiceChooser } from './api-document.ts'
import type { RemoteDocument } from './remote-document.ts'
import type { RemoteUnit } from '../fetching/remote-unit.ts'

/** The last good reading of a file. Its problems have their lines. */
interface KeptApi extends Pick<LoadedApi, 'hints' | 'problems' | 'isDoubtful'> {
  api: ApiDocument
  /** Other files that it refers to. */
  others: string[]
}

/**
 * Reads a file as an API document. One that was good before and now is broken, or has references that lead nowhere, gives
 * what it was before, and the problems that it has now.
 */
export async function loadApiFile (path: string, choose: ServiceChooser, context: LoadContext): Promise<LoadedApi> {
  await context.files.note(path)
  context.begin(path)
  return await loadAsBefore(path, choose, context) ?? await loadAnew(path, choose, context)
}

/**
 * A file that is as it was read last, and all that it refers to as well, is not parsed again while a catalog is in use: of many
 * documents few change at a time. A start reads everything, so that nothing lasts of what an older program made of it.
 */
async function loadAsBefore (path: string, choose: ServiceChooser, context: LoadContext): Promise<LoadedApi | undefined> {
  const { isStart, oversized, cache, files, nameOf } = context
  const kept = isStart || oversized.has(path) ? undefined : await cache.get<KeptApi>(keyOf(path))
  if (kept === undefined) return undefined
  const { digest, value: { api, hints, problems, others, isDoubtful } } = kept
  await files.noteRead(others)
  if (files.digest([path, ...others]) !== digest) return undefined
  const source = nameOf(path)
  const service = choose(path, api.api, hints ?? noHints)
  // Problems of files that it refers to keep their own.
  const named = (problem: Problem): Problem => problem.source === api.source ? { ...problem, source } : problem
  const own = belongingTo({ ...api, problems: api.problems.map(named) }, { service, source })
  return { api: own, hints, others, lines: linesAgain(path), problems: problems.map(named), isDoubtful }
}

async function loadAnew (path: string, choose: ServiceChooser, context: LoadContext): Promise<LoadedApi> {
  const { files, cache, nameOf } = context
  const source = nameOf(path)
  const tooMuch = context.oversized.get(path)
  const options = { cache: context.parts, reach: context.reach, nameOf }
  const reading = tooMuch === undefined
    ? located(await loadOpenApi(path, source, choose, options))
    : { problems: [oversized(source, tooMuch)] }
  await files.noteRead(reading.others ?? [])
  const isWhole = !reading.problems.some(({ code, severity }) => code === 'unresolved-reference' && severity === 'error')
  if (reading.api !== undefined && isWhole) {
    const { api, hints, problems, others = [], isDoubtful } = reading
    await keep(path, { api, hints, problems, others, isDoubtful }, context)
    return reading
  }
  const kept = await cache.get<KeptApi>(keyOf(path))
  if (kept === undefined) return reading
  files.distrust(path)
  const { api, hints } = kept.value
  return { api, hints, problems: [...reading.problems.length > 0 ? reading.problems : [gone(source)]].map(withNote) }
}

function keyOf (path: string): string {
  return `file ${path}`
}

async function keep (path: string, value: KeptApi, { cache, files, isStart }: LoadContext): Promise<void> {
  const digest = files.digest([path, ...value.others])
  if (isStart || await cache.digest(keyOf(path)) !== digest) await cache.put(keyOf(path), { digest, value })
}

/** Findings of the document itself get their lines while it is at hand. */
function located (loaded: LoadedApi): LoadedApi {
  const { api, lines } = loaded
  if (api === undefined || lines === undefined) return loaded
  const problems = api.problems.map((problem) => problem.where === undefined ? problem : { ...problem, line: lines.lineOf(problem.where) })
  lines.forget?.()
  return { ...loaded, api: { ...api, problems } }
}

function oversized (source: string, message: string): Problem {
  return { severity: 'error', code: 'too-large', message, source }
}

function gone (source: string): Problem {
  return { severity: 'error', code: 'not-openapi', message: 'The file is no OpenAPI document any more', source, line: 1 }
}

function withNote (problem: Problem): Problem {
  return { ...problem, severity: 'error', message: `${problem.message.replace(/\.$/, '')}; what was read of the file last stays in use` }
}

/** Reads an API document behind a URL; when it cannot be had, what was read last. */
export async function loadApiUrl (unit: RemoteUnit, choose: ServiceChooser, { remotes }: LoadContext): Promise<LoadedApi> {
  const document = await remotes.read<RemoteDocument>(unit)
  const problem = remotes.states.get(unit.key)?.problem
  const problems = [...problem === undefined ? [] : [problem], ...document?.problems ?? []]
  if (document === undefined) return { problems }
  const { api, hints, path, title, lines } = document
  const lineOf = (pointer: string): number => lineAt(lines, pointer)
  return { api: belongingTo(api, { service: choose(path, title, hints), source: api.source }), hints, lines: { lineOf }, problems }
}

/** The document of a service. What all its operations have in common they share, also after it was read from the cache. */
function belongingTo (api: ApiDocument, { service, source }: { service: string, source: string }): ApiDocument {
  const common = { service, source, api: api.api, apiVersion: api.apiVersion }
  const paths = api.paths.map((path) => ({
    ...path,
    operations: path.operations.map((operation) => ({ ...operation, endpoint: { ...operation.endpoint, ...common } })),
  }))
  return { ...api, service, source, paths }
}
