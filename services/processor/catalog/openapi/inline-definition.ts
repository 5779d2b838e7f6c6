/** API documents that stand inside an entity. */
import type { Problem } from '../../../../normalizer/index.ts'
import { isBroken, parseSource } from '../reading/document.ts'
import type { Broken, SourceFile } from '../reading/document.ts'
import { isApiDocument, noApi, readDocument, repeatedProblems } from './api-document.ts'
import type { LoadedApi } from './api-document.ts'
import type { PartReader } from '../reading/parts.ts'
import { isUrl } from '../reading/source-name.ts'

/** Where an entity stands: in which of the documents of a file, or of what a Backstage answered. */
export interface EntityPlace { file: SourceFile, document: number }

/** A definition, and who it belongs to: `source` is what problems call it, `name` what they call the file. */
export interface InlineDefinition {
  definition: string | Record<string, unknown>
  place: EntityPlace
  source: string
  name: string
  service: string
  /** Finds what it refers to, as a file would. */
  parts: PartReader
}

/** Reads an API document that is written inside an entity. Its findings bear the line in the file where that can be told. */
export async function loadInline (inline: InlineDefinition): Promise<LoadedApi> {
  const { definition, place: { file: { path } }, source, service } = inline
  const parsed = typeof definition === 'string' ? parseSource(path, definition) : undefined
  if (parsed !== undefined && isBroken(parsed)) return { problems: [brokenDefinition(inline, parsed)] }
  const document = parsed === undefined ? definition : parsed.documents[0]
  const lines = { source: isUrl(path) ? source : inline.name, lineOf: (pointer: string) => lineOf(inline, parsed, pointer) }
  if (!isApiDocument(document)) return { problems: [{ ...noApi(source), source: lines.source, line: lines.lineOf('') }] }
  const { problems, ...loaded } = await readDocument(document, path, source, lines, () => service, isUrl(path) ? noParts : inline.parts)
  const own = problems.map((problem) => problem.source === source ? { ...problem, source: lines.source } : problem)
  const repeated = repeatedProblems(parsed?.repeated, lines.source).map((problem) => ({ ...problem, line: lines.lineOf(problem.where ?? '') }))
  return { ...loaded, problems: [...own, ...repeated] }
}

/** A line of the file where the definition is a structure or a literal text; of a Backstage's answer, a line of the definition. */
function lineOf ({ place: { file, document } }: InlineDefinition, parsed: SourceFile | undefined, pointer: string): number {
  if (parsed === undefined) return file.lineOf(`/spec/definition${pointer}`, document)
  if (isUrl(file.path)) return parsed.lineOf(pointer)
  const first = file.literalLine?.('/spec/definition', document)
  return first === undefined ? file.lineOf('/spec/definition', document) : first + parsed.lineOf(pointer) - 1
}

function brokenDefinition ({ place: { file, document }, source, name }: InlineDefinition, { message, line }: Broken): Problem {
  const problem: Problem = { severity: 'error', code: 'unreadable', message: `${message} (line ${line} of the definition)`, source }
  if (isUrl(file.path)) return { ...problem, line }
  const first = file.literalLine?.('/spec/definition', document)
  if (first === undefined) return { ...problem, source: name, line: file.lineOf('/spec/definition', document) }
  return { ...problem, message, source: name, line: first + Math.max(0, line - 1) }
}

/** Of what a Backstage serves. */
const noParts: PartReader = {
  nameOf: (location) => location,
  locate: (reference) => reference,
  read: async () => ({ message: 'a definition inside Backstage refers to nothing elsewhere', line: 0 }),
}
