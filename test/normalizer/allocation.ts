/**
 * `allocation.ts MOST`: prints the bytes on the heap that one match costs, the least of several rounds. There are more rounds
 * while it is more than MOST: a busy machine takes its time to compile. Run with --expose-gc and a large young generation.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compile, readOpenApi } from '../../normalizer/index.ts'
import type { MatchRequest } from '../../normalizer/index.ts'

const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json')
const api = readOpenApi(JSON.parse(readFileSync(file, 'utf8')), { service: 'github', source: 'github.json' })
const normalizer = compile([api])
const requests = normalizer.endpoints.map(({ method, template }): MatchRequest =>
  ({ method, path: template.replace(/\{[^}]*\}/g, 'some-value'), host: 'api.github.com', service: 'github' }))
const repeats = 100
const most = Number(process.argv[2])

let least = Infinity
for (let round = 0; round < 12 || (least > most && round < 200); round++) {
  global.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let repeat = 0; repeat < repeats; repeat++) for (const request of requests) normalizer.match(request)
  least = Math.min(least, (process.memoryUsage().heapUsed - before) / (repeats * requests.length))
}
console.log(JSON.stringify({ bytes: least }))
