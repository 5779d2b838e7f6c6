/** Tables in the width that there is. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { shorten, widthOf } from '../../services/cli/fit.ts'
import { formatMs, left, renderTable, right, yielding } from '../../services/cli/terminal.ts'

const columns = [
  ...left('level'), yielding('name', 'service'), yielding('name', 'owner', 2), yielding('path', 'path'), ...right('requests'),
  { ...yielding('name', 'partners', 1) },
]
const row = ['error', 'warehouse-inventory-service', 'fulfilment-and-logistics', '/v1/warehouses/{warehouseId}/shelves/{shelfId}/boxes/{boxId}', '1,234,567', 'acme']

function widest (table: string): number {
  return Math.max(...table.split('\n').map(widthOf))
}

describe('tables', () => {
  test('one that has room is left as it is', () => {
    const table = renderTable(columns, [row], 200)
    for (const cell of row) assert.ok(table.includes(cell), cell)
  })

  test('at every width that it can have, a table is no wider', () => {
    for (let width = 56; width < 200; width++) assert.ok(widest(renderTable(columns, [row], width)) <= width, String(width))
    assert.equal(widest(renderTable([...left('a')], [['x'.repeat(30)]], 10)), 32)
  })

  test('names lose their middle, the longest first, and numbers nothing', () => {
    const [, cells = ''] = renderTable(columns, [row], 110).split('\n')
    assert.deepEqual(cells.trim().split(/ {2,}/), [
      'error', 'warehouse…y-service', 'fulfilmen…logistics', '/v1/warehouses/{war…fId}/boxes/{boxId}', '1,234,567', 'acme',
    ])
  })

  test('a column that can be spared goes where shortening is not enough', () => {
    const headsAt = (width: number): string[] => stripVTControlCharacters(renderTable(columns, [row], width)).split('\n')[0]!.trim().split(/ {2,}/)
    assert.deepEqual(headsAt(78), ['level', 'service', 'owner', 'path', 'requests', 'partners'])
    assert.deepEqual(headsAt(66), ['level', 'service', 'path', 'requests', 'partners'])
    assert.deepEqual(headsAt(56), ['level', 'service', 'path', 'requests'])
  })

  test('prose is wrapped between words', () => {
    const why = 'another document declares the very same operation of the same service'
    const table = renderTable([...left('rule'), yielding('prose', 'why')], [['repeated', why], ['next', 'no']], 50)
    assert.ok(widest(table) <= 50)
    assert.equal(stripVTControlCharacters(table).replace(/\s+/g, ' '), ` rule why repeated ${why} next no`)
  })

  test('colours cost no room and are kept', () => {
    const red = '\u001B[31m/v1/orders/{orderId}/invoices/{invoiceId}\u001B[39m'
    const table = renderTable([yielding('path', 'path')], [[red]], 28)
    assert.ok(table.endsWith('  \u001B[31m/v1/orders/{o…/{invoiceId}\u001B[39m'), table)
    assert.equal(widthOf(red), 41)
  })

  test('wide characters count twice, and none is cut in half', () => {
    assert.deepEqual([widthOf('倉庫'), widthOf('é'), widthOf('e\u0301'), widthOf('📦')], [4, 1, 1, 2])
    assert.equal(shorten('倉庫倉庫倉庫', 8), '倉庫…庫')
    assert.equal(shorten('abcdefgh', 8), 'abcdefgh')
  })
})

test('spans of time are told in the unit that suits them', () => {
  const spans = [null, 0.04, 4.2, 47, 8000, 180_000, 9_000_000, 40 * 86_400_000].map(formatMs)
  assert.deepEqual(spans, ['-', '0.04 ms', '4.2 ms', '47 ms', '8.0 s', '3 min', '2.5 h', '40.0 days'])
})
