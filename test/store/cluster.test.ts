import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderStatements } from '../../services/store/render.ts'
import { readSchema } from '../../services/store/schema.ts'
import { tokenize } from '../../services/store/tokens.ts'
import { expectCase, readCases } from '../case.ts'
import type { Case } from '../case.ts'
import { fc } from '../property.ts'

/** The configuration of a case names a database and a cluster. */
function expectOnCluster (item: Case, sql: string): void {
  const [database = '', cluster] = item.config.trim().split('\n')
  expectCase(item, renderStatements(sql, { database, cluster }).map((statement) => `${statement};`).join('\n\n'))
}

/** The input of a case is the name of a schema file. */
for (const item of readCases('store/cluster')) {
  test(item.name, () => { expectOnCluster(item, readSchema().find(({ name }) => name === item.input.trim())?.sql ?? '') })
}

/** What a later schema file may do to what is there: the input is its text. */
for (const item of readCases('store/cluster-changes')) test(item.name, () => { expectOnCluster(item, item.input) })

test('every schema file has a golden form on a cluster', () => {
  assert.deepEqual(readCases('store/cluster').map((item) => item.input.trim()).sort(), readSchema().map((file) => file.name))
})

test('tokens cover the text in order, whatever it is', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ab1 \n\'"`\\$‘’“”-/*#;(){}[].,é') }), (sql) => {
    let at = 0
    for (const token of tokenize(sql)) {
      assert.ok(token.start >= at && token.end > token.start && token.end <= sql.length && token.depth >= 0)
      at = token.end
    }
  }))
})

test('a word inside quotes or comments is never a token', () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom('\'', '`', '"'), (text, quote) => {
    const quoted = `${quote}${text.replace(/[\\'`"]/g, '\\$&')} OUTFILE${quote}`
    assert.deepEqual([...tokenize(`SELECT ${quoted} AS x`)].map((token) => token.keyword).filter((keyword) => keyword !== ''), ['SELECT', 'AS', 'X'])
  }))
})
