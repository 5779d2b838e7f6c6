/** One API document, from a file or a URL; what was read of it last when it is broken or away. */
import type { ApiDocument, Problem } from '../../../normalizer/index.ts'
import type { LoadContext } from './context.ts'
import { lineAt } from './json-places.ts'
import { loadOpenApi } from './openapi.ts'
import type { LoadedApi, ServiceChooser, ServiceHints } from './openapi.ts'
import type { RemoteDocument } from './remote-document.ts'
import type { RemoteUnit } from './remote-unit.ts'

/** The last good reading of a file; `dead` counts the references that led nowhere. */
interface KeptApi { api: ApiDocument, hints: ServiceHints | undefined, dead: number }

/**
 * Reads a file as an API document. One that was good before and now is broken, or has more references that lead nowhere,
 * gives what it was before, and the problems that it has now.
 */
export async function loadApiFile (path: string, choose: ServiceChooser, context: LoadContext): Promise<LoadedApi> {
  const key = `file ${path}`
  const source = context.nameOf(path)
  await context.files.note(path)
  context.begin(path)
  const tooMuch = context.oversized.get(path)
  const reading = tooMuch === undefined ? await loadOpenApi(path, source, choose) : { problems: [oversized(source, tooMuch)] }
  await context.files.noteRead(reading.others ?? [])
  const dead = reading.problems.filter(({ code }) => code === 'unresolved-reference').length
  if (reading.api !== undefined && dead === 0) {
    await keep(key, { api: reading.api, hints: reading.hints, dead }, context.files.digest([path, ...reading.others ?? []]), context)
    return reading
  }
  const kept = await context.shelf.get<KeptApi>(key)
  if (kept === undefined || (reading.api !== undefined && dead <= kept.value.dead)) return reading
  context.files.distrust(path)
  return { ...kept.value, problems: [...reading.problems.length > 0 ? reading.problems : [gone(source)]].map(withNote) }
}

async function keep (key: string, value: KeptApi, digest: string, { shelf }: LoadContext): Promise<void> {
  if (await shelf.digest(key) !== digest) await shelf.put(key, { digest, value })
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
  return { api: withService(api, choose(path, title, hints)), hints, lines: { lineOf }, problems }
}

function withService (api: ApiDocument, service: string): ApiDocument {
  const paths = api.paths.map((path) => ({
    ...path,
    operations: path.operations.map((operation) => ({ ...operation, endpoint: { ...operation.endpoint, service } })),
  }))
  return { ...api, service, paths }
}
