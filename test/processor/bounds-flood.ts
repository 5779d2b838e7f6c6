/**
 * Run in a process of its own: `bounds-flood.ts REQUESTS`. Sends that many requests with random paths of mixed kinds
 * through the stages of a processor with a catalog, and prints what was counted, how many routes there are, and the heap
 * after a fifth and after all of it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compile, readOpenApi } from '../../normalizer/index.ts'
import type { Catalog } from '../../services/processor/catalog/catalog.ts'
import { emptyCatalog } from '../../services/processor/catalog/catalog.ts'
import { privacySchema } from '../../services/processor/enrich/privacy.ts'
import { createRoutes } from '../../services/processor/inference.ts'
import { inferWith } from '../../services/processor/normalize/normalize.ts'
import { createSeries } from '../../services/processor/observe/series.ts'
import { createStages } from '../../services/processor/stages.ts'
import { normalizedEvent } from './event.ts'

const requests = Number(process.argv[2])
const batch = 2000
const bounds = { per_level: 20, per_service: 200, total: 2000 }
const budgets = { route: 800, service: 25, partner: 50 }

let state = 20260821
/** The next of 2^32 numbers, the same in every run (xorshift). */
function random (below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

const hex = Array.from({ length: 65_536 }, (_, number) => number.toString(16).padStart(4, '0'))
const four = (): string => hex[random(65_536)]!
const pick = (alphabet: string, length: number): string => {
  let text = ''
  for (let count = 0; count < length; count++) text += alphabet[random(alphabet.length)]!
  return text
}
const lower = 'abcdefghijklmnopqrstuvwxyz'
const mixed = `${lower}${lower.toUpperCase()}0123456789`
const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('')
const words = ['users', 'orders', 'items', 'reports', 'search', 'export', 'v1', 'v2', 'admin', 'health']
const word = (): string => words[random(words.length)]!

/** Numeric, uuid, prefixed ids, slugs, e-mail, declared ones; and what an attacker sends: random words, deep paths, junk. */
const kinds: ReadonlyArray<() => string> = [
  () => `/repos/${word()}/${pick(lower, 6)}/issues/${random(1e9)}`,
  () => `/v1/${word()}/${random(1e9)}/${word()}/${random(1e6)}`,
  () => `/v2/${word()}/${four()}${four()}-${four()}-4${four().slice(1)}-a${four().slice(1)}-${four()}${four()}${four()}`,
  () => `/v1/customers/cus_${pick(mixed, 14)}/${word()}`,
  () => `/blog/${pick(lower, 5)}-${pick(lower, 7)}-${random(1e5)}`,
  () => `/accounts/${pick(lower, 7)}%40${pick(lower, 6)}.example.com/${word()}`,
  () => `/${pick(lower, 3 + random(5))}/${pick(lower, 4)}${random(2) === 0 ? '' : `.${pick(lower, 3)}`}`,
  () => `/${word()}/${pick(lower, 5)}/${pick(mixed, 10)}/${pick(lower, 6)}:${pick(lower, 5)}`,
  () => `/${Array.from({ length: 1 + random(20) }, () => pick(lower, 3)).join('/')}`,
  () => `${random(9) === 0 ? '\u0001' : '/'}${pick(printable, random(40))}`,
]

const document = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8')) as unknown
const normalizer = compile([readOpenApi(document, { service: 'github', source: 'api.github.com.json' })])
const catalog: Catalog = { ...emptyCatalog(), normalizer, endpoints: normalizer.endpoints }
const inference = createRoutes({ ...bounds, words: 'all', callers: 0 })
const privacy = privacySchema.parse({ key: 'a key for this test only' })
const { normalize, enrich } = createStages({ catalog: () => catalog, privacy, filter: [], infer: inferWith(inference) })
const series = createSeries({ budgets, maxSeries: 60_000 })

const undeclared = new Set<string>()
const declared = new Set<string>()
const heap: number[] = []
for (let done = 0; done < requests; done += batch) {
  const events = enrich(normalize(Array.from({ length: batch }, () => {
    const routed = random(10) > 0
    const service = routed ? `service-${random(30)}` : ''
    return normalizedEvent({
      target: kinds[random(kinds.length)]!(),
      upstream_target: '',
      gateway_service: service,
      gateway_route: random(50) === 0 ? `/v1/{${pick(lower, 4)}}/{id}/*` : service,
      response_source: routed ? 'upstream' : 'gateway',
      status: routed && random(4) > 0 ? 200 : 404,
      host: random(20) === 0 ? `${pick(lower, 8)}.example.com` : 'api.example.com',
      user_agent_original: random(20) === 0 ? `${pick(lower, 6)}/${random(100)}` : 'curl/8.7.1',
    })
  })))
  series.observe(events)
  for (const event of events) (event.operation_id === '' && event.outcome !== 'method_not_declared' ? undeclared : declared).add(event.route)
  if (done + batch === requests / 5 || done + batch === requests) {
    globalThis.gc?.()
    heap.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers)
  }
}

const { resourceMetrics } = await series.collect()
const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
interface Point { attributes: Record<string, unknown>, value: unknown }
const points = (name: string): Point[] =>
  metrics.filter((metric) => metric.descriptor.name === name).flatMap((metric) => [...metric.dataPoints] as Point[])
const sum = (name: string): number =>
  points(name).reduce((total, { value }) => total + (typeof value === 'number' ? value : (value as { count: number }).count), 0)
console.log(JSON.stringify({
  durations: sum('http_server_request_duration_seconds'),
  matches: sum('gatelens_matches_total'),
  partners: sum('gatelens_partner_requests_total'),
  outcomes: Object.fromEntries(points('gatelens_matches_total').map(({ attributes, value }) => [attributes.outcome, value])),
  undeclared: undeclared.size,
  declared: declared.size,
  inferred: inference.size,
  routes: new Set(points('http_server_request_duration_seconds').map(({ attributes }) => attributes.http_route)).size,
  services: new Set(points('http_server_request_duration_seconds').map(({ attributes }) => attributes.service)).size,
  series: points('gatelens_series')[0]?.value,
  longest: Math.max(...[...undeclared].map((route) => route.length)),
  early: heap[0],
  late: heap[1],
  rss: process.memoryUsage().rss,
}))
