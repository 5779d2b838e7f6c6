import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import { prepare, readOpenApi } from '../../../normalizer/index.ts'
import type { Problem } from '../../../normalizer/index.ts'
import { openCatalog } from '../../../services/processor/catalog/catalog.ts'
import type { CompiledCatalog } from '../../../services/processor/catalog/compile.ts'
import { prepareTransfer } from '../../../services/processor/catalog/worker/transfer.ts'
import type { RefreshResult } from '../../../services/processor/catalog/worker/refresh.ts'
import { generateDocument } from '../../bench/normalizer/generate.ts'

function resultOf (operations: number, problems: Problem[] = [], remotes: RefreshResult['inputs']['remotes'] = new Map()): RefreshResult {
  const prepared = { ...prepare([readOpenApi(generateDocument(1, operations), { service: 's', source: 's.json' })]), problems: [] }
  const rest = { services: new Map(), aliases: new Map(), partners: [], consumers: [], owners: '[]', consumerNames: '[]', cut: { errors: 0, warnings: 0 }, digest: '', compiledAt: 0 }
  const catalog: CompiledCatalog = { prepared, problems, ...rest }
  return { catalog, inputs: { files: new Map(), distrusted: new Set(), remotes, oversized: new Map() }, lost: [] }
}

const problem = (severity: Problem['severity'], number: number): Problem => ({ severity, code: 'x', message: `${severity} ${number}`, source: 's.json' })

test('what is passed to the thread with the traffic weighs the same however many operations and problems there are', () => {
  const weigh = (operations: number, warnings: number): number => {
    const { result, transfer } = prepareTransfer(resultOf(operations, Array.from({ length: warnings }, (_, number) => problem('warning', number))))
    const moved = new Set<unknown>(transfer)
    return JSON.stringify(result, (_, value: unknown) => {
      if (ArrayBuffer.isView(value)) return moved.has(value.buffer) ? 'moved' : { ...value }
      return value instanceof Map ? [...value as Map<unknown, unknown>] : value
    }).length
  }
  const [few, many] = [weigh(50, 1000), weigh(3000, 20_000)]
  assert.ok(many < few * 1.1, `${many} bytes after ${few}`)
})

test('a catalog that was transferred matches', () => {
  const { result, transfer } = prepareTransfer(resultOf(50))
  const { catalog } = structuredClone(result, { transfer })
  const { normalizer, endpointCount, eachEndpoint } = openCatalog(catalog!)
  const [first] = eachEndpoint()
  assert.deepEqual([endpointCount, [...eachEndpoint()].length], [50, 50])
  assert.deepEqual(normalizer.match({ method: first!.method, path: first!.route.replace(/\{[^}]*\}/g, '7') }).endpoint, first)
})

test('of many problems the errors are told first, the others are counted, and those of a source stay with the source', () => {
  const own = [...Array.from({ length: 300 }, (_, number) => problem('warning', number)), problem('error', 1)]
  const asked = { unit: { key: 'u' }, problem: problem('error', 2) } as unknown as ReturnType<RefreshResult['inputs']['remotes']['get']> & object
  const { result: { catalog, inputs } } = prepareTransfer(resultOf(5, [...own, asked.problem!], new Map([['u', asked]])))
  assert.deepEqual(catalog?.problems.slice(0, 3).map(({ message }) => message), ['error 2', 'error 1', 'warning 0'])
  assert.deepEqual([catalog?.problems.length, catalog?.cut], [201, { errors: 0, warnings: 101 }])
  const cloned = deserialize(serialize({ catalog: { problems: catalog?.problems }, inputs })) as RefreshResult
  assert.equal(cloned.catalog?.problems[0], cloned.inputs.remotes.get('u')?.problem)
})
