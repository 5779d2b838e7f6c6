import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import { changesOf, noteRow } from '../../../services/processor/publish/declared-change.ts'
import type { DeclaredEndpoint, EndpointChange, EndpointRow, Rows } from '../../../services/processor/publish/declared-change.ts'

const endpoint = (route: string, rest: Partial<DeclaredEndpoint> = {}): DeclaredEndpoint => ({
  service: 's', api: 'A', apiVersion: '1', method: 'GET', template: route, route, operationId: '', deprecated: false, statuses: ['200'], ...rest,
})

function rowsOf (endpoints: readonly DeclaredEndpoint[]): Rows {
  const rows: Rows = new Map()
  for (const { apiVersion, operationId, ...rest } of endpoints) {
    noteRow(rows, { ...rest, api_version: apiVersion, operation_id: operationId } satisfies EndpointRow)
  }
  return rows
}

async function collect (before: readonly DeclaredEndpoint[], now: Iterable<DeclaredEndpoint>): Promise<EndpointChange[]> {
  const changes: EndpointChange[] = []
  for await (const change of changesOf(rowsOf(before), now)) changes.push(change)
  return changes
}

test('an endpoint is told when it is new, other than before or gone, and the first of several that are alike counts', async () => {
  const before = [endpoint('/same'), endpoint('/other'), endpoint('/gone', { statuses: ['204', 'default'], operationId: 'go' })]
  const now = [endpoint('/same'), endpoint('/same', { deprecated: true }), endpoint('/other', { apiVersion: '2', statuses: [] }), endpoint('/new'), endpoint('/new')]
  const changes = await collect(before, now)
  assert.deepEqual(changes.map(({ change, route, changed }) => [change, route, changed]), [
    ['changed', '/other', ['api_version', 'statuses']], ['added', '/new', []], ['removed', '/gone', []],
  ])
  assert.deepEqual(changes[2], {
    service: 's',
    api: 'A',
    api_version: '1',
    method: 'GET',
    template: '/gone',
    route: '/gone',
    operation_id: 'go',
    deprecated: false,
    statuses: ['204', 'default'],
    change: 'removed',
    changed: [],
  })
})

test('a large catalog is compared in portions, and other work goes on between them', async () => {
  const endpoints = Array.from({ length: 5000 }, (_, number) => endpoint(`/p${number}`))
  const work = { read: 0, isDone: false }
  let mostAtOnce = 0
  function * reading (): Generator<DeclaredEndpoint> {
    for (const item of endpoints) {
      work.read++
      yield item
    }
  }
  const otherWork = async (): Promise<void> => {
    while (!work.isDone) {
      const before = work.read
      await setImmediate()
      mostAtOnce = Math.max(mostAtOnce, work.read - before)
    }
  }
  const other = otherWork()
  assert.deepEqual(await collect(endpoints, reading()), [])
  work.isDone = true
  await other
  assert.ok(mostAtOnce <= 200, `${mostAtOnce} endpoints at once`)
})
