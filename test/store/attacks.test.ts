import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Store } from '../../services/store/server.ts'
import { temporaryFolder } from '../folder.ts'
import { inTurn } from '../thorough.ts'
import { until } from '../until.ts'
import { openStore, send } from './fixture.ts'
import { neighbours, reaching, working } from './statements.ts'

const users = [
  { name: 'writer', password: 'w', read_only: false },
  { name: 'reader', password: 'r', read_only: true },
]
const folder = temporaryFolder()
const canary = join(folder, 'canary.txt')
const target = join(folder, 'written')
const listener = createServer((socket) => { calls++; socket.destroy() })
let calls = 0
let port = 0
let store: Store

before(async () => {
  writeFileSync(canary, 'the canary\n')
  await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve) })
  port = (listener.address() as { port: number }).port
  mkdirSync(join(folder, 'store'))
  store = await openStore({ users, folder: join(folder, 'store') })
  for (const query of ['CREATE TABLE t (a UInt32, b String) ENGINE = MergeTree ORDER BY a', 'INSERT INTO t VALUES (1, \'x\')']) {
    assert.equal((await ask('writer', query, {})).status, 200, query)
  }
})
after(async () => {
  await store.close()
  listener.close()
})

interface Seen { status: number, text: string }

async function ask (user: string, body: string, params: Record<string, string>, method = 'POST'): Promise<Seen> {
  const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': user.slice(0, 1) }
  return method === 'POST' ? await send(store.url, params, { method, body, headers }) : await send(store.url, { ...params, query: body }, { headers })
}

const ways = [
  { user: 'writer', params: {}, method: 'POST' }, { user: 'writer', params: { session_id: 'w' }, method: 'POST' },
  { user: 'reader', params: {}, method: 'POST' }, { user: 'reader', params: { session_id: 'r' }, method: 'POST' }, { user: 'reader', params: {}, method: 'GET' },
] as Array<{ user: string, params: Record<string, string>, method: string }>

/** Whatever the answer: no content of a file, no new file, no call to another place. */
function assertHarmless (query: string, { text }: Seen): void {
  assert.doesNotMatch(text, /the canary/, query)
  assert.ok(!existsSync(target), `${query} wrote a file`)
  assert.equal(calls, 0, `${query} called out`)
}

test('what reaches files, other machines or programs is refused, for everybody and in every way', async () => {
  for (const [turn, query] of reaching({ canary, target, port }).entries()) {
    for (const { user, params, method } of inTurn(ways, turn)) {
      const answer = await ask(user, query, params, method)
      assert.ok(answer.status >= 400, `${user} ${method} ${JSON.stringify(params)}: ${query} was allowed: ${answer.text}`)
      assertHarmless(query, answer)
    }
  }
})

test('a read-only user changes nothing, however the text is written', async () => {
  for (const [turn, query] of neighbours.entries()) {
    for (const params of inTurn<Record<string, string>>([{}, { session_id: 'n' }], turn)) assertHarmless(query, await ask('reader', query, params))
  }
  assert.equal((await ask('writer', 'SELECT count(), any(b) FROM t', {})).text, '1\tx\n')
})

test('settings that name files or change how a text is read cannot be set by anybody', async () => {
  const settings = {
    format_schema: canary,
    output_format_schema: target,
    format_template_row: canary,
    format_template_resultset: canary,
    dialect: 'kusto',
    compatibility: '20.1',
    input_format_record_errors_file_path: target,
    additional_table_filters: `{'t': 'file(\\'${canary}\\') = 1'}`,
    allow_experimental_eval_table_function: '1',
    format_avro_schema_registry_url: `http://127.0.0.1:${port}/`,
    into_outfile_create_parent_directories: '1',
    log_queries_min_type: '1',
    rename_files_after_processing: 'x',
    allow_introspection_functions: '0',
    implicit_select: '0',
    max_ast_fuzz: '1'
  }
  for (const [turn, [name, value]] of Object.entries(settings).entries()) {
    const quoted = `'${value.replace(/[\\']/g, '\\$&')}'`
    for (const user of inTurn(['writer', 'reader'], turn)) {
      const answers = [
        await ask(user, 'SELECT 1', { [name]: value }), await ask(user, 'SELECT 1', { [name]: value, session_id: 's' }), await ask(user, `SELECT 1 SETTINGS ${name} = ${quoted}`, {}),
        await ask(user, `SELECT 1 FORMAT JSON SETTINGS ${name} = ${quoted}`, {}), await ask(user, `SET ${name} = ${quoted}`, {}), await ask(user, `SET ${name} = ${quoted}`, { session_id: 's' }),
        await ask(user, `INSERT INTO t SETTINGS ${name} = ${quoted} FORMAT TSV\n9\ty\n`, {}), await ask(user, `SELECT 1 SETTINGS \`${name}\` = ${quoted}`, {}),
      ]
      for (const answer of answers) assert.ok(answer.status >= 400, `${user} ${name}: ${answer.text}`)
      // At other depths the engine drops what it does not let be changed.
      assertHarmless(name, await ask(user, `SELECT * FROM (SELECT * FROM t SETTINGS ${name} = ${quoted}) UNION ALL (SELECT 2, 'z' SETTINGS ${name} = ${quoted})`, {}))
    }
  }
})

test('structures of external tables and Values are read as closely as statements', async () => {
  const form = (structure: string): FormData => {
    const data = new FormData()
    data.append('ext', new Blob(['{"a":1}']), 'ext')
    data.append('ext_structure', structure)
    data.append('ext_format', 'JSONEachRow')
    return data
  }
  for (const structure of [`a UInt8, b String DEFAULT file('${canary}')`, `a UInt8) ENGINE = File(TSV, '${target}') --`, `a UInt8, b String MATERIALIZED "fi\\x6ce"('${canary}')`,
    'a UInt8) ENGINE = Memory; DROP TABLE t --', `a UInt8, b String ALIAS arrayMap(file, ['${canary}'])[1]`]) {
    const headers = { 'X-ClickHouse-User': 'reader', 'X-ClickHouse-Key': 'r' }
    assertHarmless(structure, await send(store.url, { query: 'SELECT * FROM ext' }, { method: 'POST', body: form(structure), headers }))
  }
  for (const values of [`(2, file('${canary}'))`, `(2, /* ' */ file('${canary}') /* ' */)`, `(2, \`file\`('${canary}'))`, `(2, (SELECT file('${canary}')))`, `(2, arrayMap(file, ['${canary}'])[1])`,
    `(2, 'a'), (3, "fi\\x6ce"('${canary}'))`, `(2, 'a')(3, file('${canary}'))`, `(2, $$x$$ || file('${canary}'))`, `(2, 'a'); SELECT file('${canary}')`, `(2, 'a') -- x\n, (3, file('${canary}'))`]) {
    assertHarmless(values, await ask('writer', `INSERT INTO t VALUES ${values}`, {}))
    assertHarmless(values, await ask('writer', values, { query: 'INSERT INTO t VALUES' }))
  }
  assert.doesNotMatch((await ask('writer', 'SELECT * FROM t', {})).text, /canary/)
})

test('what clients send goes on working, for those who may', async () => {
  for (const [query, needs] of working) {
    const answer = await ask('writer', query, { session_id: 'works' })
    assert.equal(answer.status, 200, `${query}: ${answer.text}`)
    if (needs === 'read') assert.equal((await ask('reader', query, {})).status, 200, query)
    if (needs === 'write') assert.match((await ask('reader', query, {})).text, /^Code: 164\./, query)
  }
})

test('nothing of all that stays in the spool', async () => {
  await until(() => readdirSync(join(folder, 'store/spool')).length === 0)
})
