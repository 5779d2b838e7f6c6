/** Many real documents in one catalog: hints tell them apart, and what nothing tells apart is said to be ambiguous. */
import { compile, readOpenApi } from '../../../normalizer/index.ts'
import type { Match, MatchRequest, Normalizer } from '../../../normalizer/index.ts'
import { ask } from '../oracle.ts'
import { declaredOf, readDocument } from './documents.ts'
import type { Random } from './random.ts'
import { requestsFor, wordsOf } from './requests.ts'
import type { Made } from './requests.ts'
import { hostsOf, rowsOf, templatesOf } from './templates.ts'
import type { Row, Templates } from './templates.ts'

/** What checking came to; `failures` are sentences. */
export interface MergedAgreement { requests: number, ambiguous: number, elsewhere: number, failures: string[] }

/** Adds up. */
export function emptyMergedAgreement (): MergedAgreement {
  return { requests: 0, ambiguous: 0, elsewhere: 0, failures: [] }
}

/** The templates of a document, each named by document and key. */
type Rules = (name: string) => Templates

/** Checks documents together, each the one of its own service; `share` is the part of the operations that is asked for. */
export function checkMerged (names: readonly string[], random: Random, share: number, sum: MergedAgreement): void {
  const rows = new Map<string, Row[]>()
  const normalizer = compile(names.map((name) => {
    const document = readDocument(name)
    rows.set(name, rowsOf(declaredOf(document)).map((row) => ({ ...row, key: `${name} ${row.key}` })))
    return readOpenApi(document, { service: name, source: name })
  }))
  const rules = rulesOf(rows)
  for (const name of names) {
    const declared = declaredOf(readDocument(name))
    const words = wordsOf(declared)
    for (const operation of declared) {
      if (operation.method === '' || random.next() >= share) continue
      for (const made of requestsFor(operation, words, random)) checkHints(normalizer, made, name, rules, sum)
    }
  }
}

function checkHints (normalizer: Normalizer, made: Made, name: string, rules: Rules, sum: MergedAgreement): void {
  const { method, path } = made
  expectOwn(normalizer, { ...made, service: name }, name, made, rules, sum)
  expectRight(normalizer, { method, path, host: made.host }, name, made, rules, sum)
  expectRight(normalizer, { method, path }, name, made, rules, sum)
}

function rulesOf (rows: ReadonlyMap<string, readonly Row[]>): Rules {
  const hosts = hostsOf([...rows.values()].flat())
  const known = new Map<string, Templates>()
  return (name) => {
    const templates = known.get(name) ?? templatesOf(rows.get(name) ?? [], hosts)
    if (known.size > 100) known.clear()
    known.set(name, templates)
    return templates
  }
}

/** With a service, only its own document may answer, as if it were alone. */
function expectOwn (normalizer: Normalizer, request: MatchRequest, name: string, made: Made, rules: Rules, sum: MergedAgreement): void {
  sum.requests++
  const match = normalizer.match(request)
  if (isAsMade(match, name, made)) return
  const answer = ask(rules(name)(hostOf(request), request.path), request.method, request.path)
  if (`${name} ${match.endpoint?.template ?? ''}` === answer.key) return
  sum.failures.push(`${name}: with its service, ${describe(request)} is ${tell(match)}, but the rules say ${answer.outcome} ${answer.key}`)
}

/** Without, a document that answers for another must do so by a better template, or the answer is that it is ambiguous. */
function expectRight (normalizer: Normalizer, request: MatchRequest, name: string, made: Made, rules: Rules, sum: MergedAgreement): void {
  sum.requests++
  const match = normalizer.match(request)
  if (isAsMade(match, name, made)) return
  if (match.outcome === 'ambiguous') sum.ambiguous++
  const source = match.endpoint?.source ?? ''
  const [first, last] = [answerOf([source, name], request, rules), answerOf([name, source], request, rules)]
  const told = `${source} ${match.endpoint?.template ?? ''}`
  sum.elsewhere++
  // A method that is not declared makes nothing ambiguous: the path is told, of one of those that have it.
  const either = match.outcome !== 'matched' || match.tag === 'options'
  if (either ? first === told || last === told : first === told && last === told) return
  sum.failures.push(`${name}: ${describe(request)} of ${made.key} is ${tell(match)} of ${source}, but the rules say ${first} or ${last}`)
}

/** What the rules say of two documents in this order. */
function answerOf (names: readonly string[], request: MatchRequest, rules: Rules): string {
  const both = [...new Set(names)].flatMap((name) => rules(name)(hostOf(request), request.path))
  return ask(both, request.method, request.path).key
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
