import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createParser } from '../../services/store/authorize/parser.ts'
import type { Parser } from '../../services/store/authorize/parser.ts'
import { readRegistry } from '../../services/store/authorize/registry.ts'
import { openEngine } from '../../services/store/engine.ts'
import type { Engine } from '../../services/store/engine.ts'
import { StoreException } from '../../services/store/exception.ts'
import { findInsertHead } from '../../services/store/insert-head.ts'
import { tokenize } from '../../services/store/tokens.ts'
import { expectCase, readCases } from '../case.ts'
import { temporaryFolder } from '../folder.ts'
import { fc } from '../property.ts'

let engine: Engine
let parser: Parser

before(async () => {
  engine = await openEngine(temporaryFolder())
  parser = createParser(engine.connect, await readRegistry(engine.connect()))
})
after(async () => { await engine.close(0) })

/** The input of a case is SQL, as it comes in a body; its configuration is the default format, if there is one. */
for (const item of readCases('store/statement')) {
  test(item.name, async () => {
    const format = /^format: (\w+)$/m.exec(item.config)?.[1]
    const results: string[] = []
    for (const sql of item.input.split('\n====\n')) results.push(await describe(sql, format))
    expectCase(item, results.join('\n'))
  })
}

test('a statement that was allowed is known the next time, and one with another parameter is read anew', async () => {
  const query = 'SELECT arrayMap({f:Identifier}, [\'a\'])'
  assert.equal((await parser.read(query, { f: 'upper' })).kind, 'output')
  await assert.rejects(parser.read(query, { f: 'file' }), { type: 'ACCESS_DENIED' })
  assert.equal(await parser.read('SELECT 1', {}), await parser.read('SELECT 1', {}))
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

async function describe (sql: string, format: string | undefined): Promise<string> {
  try {
    const head = await findInsertHead(sql, format)
    const statement = await parser.read(head?.text ?? sql, { t: 'name', x: '1' })
    return JSON.stringify(head === undefined ? statement : { ...statement, data: sql.slice(head.dataAt) })
  } catch (error) {
    assert.ok(error instanceof StoreException, String(error))
    return `${error.type}: ${error.message.split('. Expected one of', 1)[0] ?? ''}`
  }
}
