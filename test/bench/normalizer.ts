/**
 * The normalizer beside find-my-way in the same process: build time, matches a second hot (one working set, many
 * rounds) and cold (every target new), and whether both find the same template. Arguments are API documents (JSON)
 * to run on; without any, catalogs are generated.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import FindMyWay from 'find-my-way'
import { compile, readOpenApi } from '../../normalizer/index.ts'
import type { ApiDocument, Endpoint } from '../../normalizer/index.ts'

interface Target { method: string, path: string, template: string }

const workingSet = 5000
const coldTargets = 200_000
const rounds = 3

const paths = process.argv.slice(2).filter((argument) => argument.endsWith('.json'))
const catalogs = paths.length > 0
  ? paths.map((path) => ({ name: basename(path), documents: [JSON.parse(readFileSync(path, 'utf8')) as unknown] }))
  : [
      { name: 'generated, 1,200 operations', documents: [generateDocument(1, 1200)] },
      { name: 'generated, 300 documents, 24,000 operations', documents: Array.from({ length: 300 }, (_, index) => generateDocument(index, 80)) },
    ]
for (const { name, documents } of catalogs) measure(name, documents)

function measure (name: string, documents: readonly unknown[]): void {
  const apis = documents.map((document, index) => readOpenApi(document, { service: `service-${index}`, source: `${index}.json` }))
  global.gc?.()
  const before = process.memoryUsage()
  const start = performance.now()
  const normalizer = compile(apis)
  const seconds = (performance.now() - start) / 1000
  global.gc?.()
  const megabytes = (process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before.heapUsed - before.arrayBuffers) / 2 ** 20
  const memory = global.gc === undefined ? '' : `, ${megabytes.toFixed(0)} MB`
  console.log(`${name}: ${normalizer.endpoints.length} operations compiled in ${seconds.toFixed(2)} s${memory}`)
  const operations = apis.flatMap(operationsOf)
  const peer = createPeer(operations)
  for (const [kind, count] of [['hot', workingSet], ['cold', coldTargets]] as const) {
    const targets = sample(operations, count)
    const ours = (target: Target): string => normalizer.match(target).endpoint?.template ?? ''
    const agreement = targets.filter((target) => ours(target) === peer(target)).length / targets.length
    const right = targets.filter((target) => ours(target) === target.template).length / targets.length
    const [own, other] = race(targets, kind === 'hot', (target) => { normalizer.match(target) }, (target) => { peer(target) })
    console.log(`  ${kind}: ${mega(own)} M matches/s, find-my-way ${mega(other)} M/s, vs find-my-way: ${(own / other).toFixed(2)}x, ` +
      `right ${(right * 100).toFixed(2)} %, agreement ${(agreement * 100).toFixed(2)} %`)
  }
}

/** Matches a second of both, best of alternating rounds. Cold = every string is new, its hash and its cache lines too. */
function race (targets: readonly Target[], hot: boolean, ...runs: [(target: Target) => void, (target: Target) => void]): [number, number] {
  const best: [number, number] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    for (const [index, run] of runs.entries()) {
      const fresh = hot ? targets : targets.map((target) => ({ ...target, path: Buffer.from(target.path).toString('latin1') }))
      const repeats = hot ? Math.ceil(1_000_000 / targets.length) : 1
      const start = performance.now()
      for (let repeat = 0; repeat < repeats; repeat++) for (const target of fresh) run(target)
      best[index] = Math.max(best[index]!, repeats * targets.length / (performance.now() - start) * 1000)
    }
  }
  return best
}

function operationsOf (api: ApiDocument): Array<{ endpoint: Endpoint, base: string }> {
  return api.paths.flatMap((path) => path.operations.map(({ endpoint, servers }) => ({ endpoint, base: servers[0]?.basePath ?? '' })))
}

/** find-my-way with parameters renamed, as it wants them; templates that it refuses are left out. */
function createPeer (operations: ReturnType<typeof operationsOf>): (target: Target) => string {
  const router = FindMyWay({ maxParamLength: 1000 })
  for (const { endpoint, base } of operations) {
    let count = 0
    const path = (base + endpoint.template.replace(/[#?].*$/, '')).replace(/:/g, '::').replace(/\{[^}]*\}(?=([^/]*))/g, (_, rest: string) =>
      rest === '' || rest.startsWith('{') ? `:p${count++}` : `:p${count++}([^/]+?)`)
    try {
      router.on(endpoint.method as 'GET', path, () => {}, { template: endpoint.template })
    } catch {
      // It throws on some legal templates and on every template of a known shape.
    }
  }
  return (target) => (router.find(target.method as 'GET', target.path)?.store as { template: string } | undefined)?.template ?? ''
}

function sample (operations: ReturnType<typeof operationsOf>, count: number): Target[] {
  const random = randomNumbers(42)
  return Array.from({ length: count }, () => {
    const { endpoint, base } = operations[Math.floor(random() * operations.length)]!
    const path = (base + endpoint.template.replace(/[#?].*$/, '')).replace(/\{[^}]*\}/g, () => identifier(random))
    return { method: endpoint.method, path, template: endpoint.template }
  })
}

/** Numbers, UUIDs, prefixed ids, slugs and e-mail addresses. */
function identifier (random: () => number): string {
  const hex = (length: number): string => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  const kind = Math.floor(random() * 5)
  if (kind === 0) return String(Math.floor(random() * 1e9))
  if (kind === 1) return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`
  if (kind === 2) return `P${hex(10).toUpperCase()}`
  return kind === 3 ? `some-slug-${hex(4)}` : `user${hex(3)}@example.com`
}

/** A document with the habits of real ones: nesting, static siblings of parameters, mixed segments, several methods. */
function generateDocument (seed: number, operations: number): unknown {
  const random = randomNumbers(seed + 1)
  const nouns = 'users orders invoices items patients claims accounts teams members files events reports webhooks keys roles sessions'.split(' ')
  const paths: Record<string, Record<string, unknown>> = {}
  const methods = ['get', 'post', 'put', 'delete', 'patch']
  for (let count = 0; count < operations;) {
    const depth = 1 + Math.floor(random() * 4)
    let path = ''
    for (let level = 0; level < depth; level++) {
      path += `/${nouns[Math.floor(random() * nouns.length)]}${Math.floor(random() * 8) || ''}`
      const shape = random()
      if (level < depth - 1 || shape < 0.5) path += `/{id${level}}`
      if (level === depth - 1 && shape > 0.9) path += '/search'
    }
    const item = (paths[path] ??= {})
    for (const method of methods) {
      if (random() > 0.5 || item[method] !== undefined || count >= operations) continue
      item[method] = { operationId: `${method}${path}`, responses: { 200: {} } }
      count++
    }
  }
  return { openapi: '3.0.3', info: { title: `Generated ${seed}`, version: '1' }, servers: [{ url: `https://s${seed}.example.com/s${seed}/v1` }], paths }
}

function randomNumbers (seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function mega (value: number): string {
  return (value / 1e6).toFixed(2)
}
