/** Many real documents in one catalog: hints tell them apart, and what nothing tells apart is said to be ambiguous. */
import { compile, readOpenApi } from '../../../normalizer/index.ts'
import type { Match, MatchRequest, Normalizer } from '../../../normalizer/index.ts'
import { ask } from '../oracle.ts'
import { declaredOf, readDocument } from './documents.ts'
import type { Random } from './random.ts'
import { requestsFor, wordsOf } from './requests.ts'
import type { Made } from './requests.ts'
import { rowsOf, templatesOf } from './templates.ts'
import type { Row } from './templates.ts'

/** What checking came to; `failures` are sentences. */
export interface MergedAgreement { requests: number, ambiguous: number, elsewhere: number, failures: string[] }

/** Adds up. */
export function emptyMergedAgreement (): MergedAgreement {
  return { requests: 0, ambiguous: 0, elsewhere: 0, failures: [] }
}

type Rows = ReadonlyMap<string, readonly Row[]>

/** Checks documents together, each the one of its own service; `share` is the part of the operations that is asked for. */
export function checkMerged (names: readonly string[], random: Random, share: number, sum: MergedAgreement): void {
  const rows = new Map<string, Row[]>()
  const normalizer = compile(names.map((name) => {
    const document = readDocument(name)
    rows.set(name, rowsOf(declaredOf(document)))
    return readOpenApi(document, { service: name, source: name })
  }))
  for (const name of names) {
    const declared = declaredOf(readDocument(name))
    const words = wordsOf(declared)
    for (const operation of declared) {
      if (random.next() >= share) continue
      for (const made of requestsFor(operation, words, random)) checkHints(normalizer, made, name, rows, sum)
    }
  }
}

function checkHints (normalizer: Normalizer, made: Made, name: string, rows: Rows, sum: MergedAgreement): void {
  const { method, path } = made
  expectOwn(normalizer, { ...made, service: name }, name, made, rows, sum)
  expectRight(normalizer, { method, path, host: made.host }, name, made, rows, sum)
  expectRight(normalizer, { method, path }, name, made, rows, sum)
}

/** With a service, only its own document may answer, as if it were alone. */
function expectOwn (normalizer: Normalizer, request: MatchRequest, name: string, made: Made, rows: Rows, sum: MergedAgreement): void {
  sum.requests++
  const match = normalizer.match(request)
  if (isAsMade(match, name, made)) return
  const answer = ask(templatesOf(rows.get(name)!)(hostOf(request), request.path), request.method, request.path)
  if (match.endpoint?.source === name && match.endpoint.template === answer.key) return
  sum.failures.push(`${name}: with its service, ${describe(request)} is ${tell(match)}, but the rules say ${answer.outcome} ${answer.key}`)
}

/** Without, a document that answers for another must do so by a better template, or the answer is that it is ambiguous. */
function expectRight (normalizer: Normalizer, request: MatchRequest, name: string, made: Made, rows: Rows, sum: MergedAgreement): void {
  sum.requests++
  const match = normalizer.match(request)
  if (isAsMade(match, name, made)) return
  if (match.outcome === 'ambiguous') sum.ambiguous++
  const source = match.endpoint?.source ?? ''
  const [first, last] = [answerOf([source, name], request, rows), answerOf([name, source], request, rows)]
  const told = `${source} ${match.endpoint?.template ?? ''}`
  sum.elsewhere++
  // A method that is not declared makes nothing ambiguous: the path is told, of one of those that have it.
  const either = match.outcome !== 'matched' || match.tag === 'options'
  if (either ? first === told || last === told : first === told && last === told) return
  sum.failures.push(`${name}: ${describe(request)} of ${made.key} is ${tell(match)} of ${source}, but the rules say ${first} or ${last}`)
}

/** What the rules say of two documents in this order. */
function answerOf (names: readonly string[], request: MatchRequest, rows: Rows): string {
  const both = [...new Set(names)].flatMap((name) => (rows.get(name) ?? []).map((row) => ({ ...row, key: `${name} ${row.key}` })))
  return ask(templatesOf(both)(hostOf(request), request.path), request.method, request.path).key
}

function isAsMade ({ outcome, endpoint }: Match, name: string, made: Made): boolean {
  return outcome === 'matched' && endpoint?.source === name && endpoint.template === made.key
}

function hostOf ({ path, host = '' }: MatchRequest): string {
  return /^[a-z]+:\/\/([^/]+)/.exec(path)?.[1] ?? host
}

function describe ({ method, path, host = '' }: MatchRequest): string {
  return `${method} ${host}${path}`
}

function tell ({ outcome, endpoint }: Match): string {
  return `${outcome} ${endpoint?.template ?? ''}`
}
