import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import type { ClickHouseClient } from '@clickhouse/client'
import { fields } from '../../services/processor/event.ts'
import { latestVersion, migrate, schemaVersion } from '../../services/store/migrate.ts'
import { renderStatements } from '../../services/store/render.ts'
import { readSchema, toSchemaFile } from '../../services/store/schema.ts'
import type { Store } from '../../services/store/server.ts'
import { moduleArguments } from '../built.ts'
import { connect, firstRow, openStore, send } from './fixture.ts'

let store: Store
let client: ClickHouseClient

before(async () => {
  store = await openStore()
  client = connect(store.url)
})
after(async () => {
  await client.close()
  await store.close()
})

const columns = '(time, event_id, service, route, method, status, partner, outcome, rate_limited, duration_ms, upstream_ms, gateway_ms, request_bytes, response_bytes)'

/** Rows of the last hours, or days when `step` is large; the same text for the same arguments. */
function rowsOf (count: number, end: number, step = 250): string {
  return Array.from({ length: count }, (_, index) => [
    ((end - index * step) / 1000).toFixed(3), index.toString(16).padStart(32, '0'), `s${index % 3}`, `/v1/things/{${index % 5}}`, 'GET',
    [200, 404, 429, 500, 0][index % 5], `p${index % 2}`, index % 10 === 0 ? 'inferred' : 'matched', index % 5 === 2, index % 100,
    index % 5 === 2 ? '\\N' : index % 50, '\\N', 10, 20,
  ].join('\t')).join('\n') + '\n'
}

async function insert (database: string, body: string, token: string): Promise<void> {
  const answer = await send(store.url, {
    query: `INSERT INTO ${database}.requests ${columns} FORMAT TabSeparated`,
    insert_deduplication_token: token,
    deduplicate_blocks_in_dependent_materialized_views: '1',
  }, { method: 'POST', body })
  assert.equal(answer.status, 200, answer.text)
}

/** In a tenth of the time that it takes to make another database. */
async function emptyRequests (): Promise<void> {
  for (const table of ['requests', 'requests_1m', 'requests_1h', 'drift_1d']) await client.command({ query: `TRUNCATE TABLE gatelens.${table}` })
}

async function totals (database: string): Promise<unknown[]> {
  return await Promise.all([
    firstRow(client, `SELECT count() AS n, uniqExact(event_id) AS u FROM ${database}.requests`),
    firstRow(client, `SELECT sum(requests) AS n, sum(errors) AS e, sum(rate_limited) AS l, sum(undocumented) AS u, sum(request_bytes) AS i, sum(response_bytes) AS o,
      max(duration_max) AS m, round(quantileDDMerge(0.01, 0.5)(duration)) AS d FROM ${database}.requests_1m`),
    firstRow(client, `SELECT sum(requests) AS n, sum(errors) AS e, sum(rate_limited) AS l, sum(undocumented) AS u, sum(request_bytes) AS i, sum(response_bytes) AS o,
      max(duration_max) AS m, round(quantileDDMerge(0.01, 0.5)(duration)) AS d FROM ${database}.requests_1h`),
  ])
}

test('migrating creates every table; again it changes nothing', async () => {
  assert.equal(await schemaVersion(client, 'gatelens'), undefined)
  const first = await migrate(client, { database: 'gatelens' })
  // The first file is what the others are recorded in.
  assert.deepEqual([first.from, first.to, first.applied], [0, latestVersion(), readSchema().slice(1).map((file) => file.name)])
  assert.deepEqual(await migrate(client, { database: 'gatelens' }), { from: latestVersion(), to: latestVersion(), applied: [], retained: [] })
  assert.equal(await schemaVersion(client, 'gatelens'), latestVersion())
  const { names } = await firstRow(client, 'SELECT arraySort(groupArray(name)) AS names FROM system.tables WHERE database = \'gatelens\'')
  assert.deepEqual(names, ['again_to_1h', 'again_to_1m', 'again_to_drift_1d', 'breaches', 'breaches_current', 'catalog_answers', 'catalog_endpoints', 'catalog_endpoints_current', 'catalog_operations',
    'drift_1d', 'drift_deprecated', 'drift_elsewhere', 'drift_methods', 'drift_resolved', 'drift_statuses', 'drift_undocumented', 'drift_unused', 'migrations', 'partners',
    'partners_current', 'rejected', 'requests', 'requests_1h', 'requests_1m', 'requests_1m_to_1h', 'requests_again', 'requests_to_1m', 'requests_to_drift_1d'])
})

test('rows stay as long as the configuration says; saying so again changes nothing', async () => {
  const day = 86_400_000
  const rollups = { requests_1m: 90 * day, requests_1h: 1000 * day, drift_1d: 2 * day }
  const retention = { requests: 3 * day, ...rollups, rejected: 5 * 3_600_000, breaches: 30 * day }
  const ttl = async (table: string): Promise<unknown> => (await firstRow(client,
    `SELECT extract(engine_full, 'TTL (.*?)(?: SETTINGS|$)') AS ttl FROM system.tables WHERE database = 'kept' AND name = '${table}'`)).ttl
  await migrate(client, { database: 'kept' })
  const before = await ttl('requests')
  assert.deepEqual((await migrate(client, { database: 'kept', retention })).retained, ['requests', 'requests_1h', 'drift_1d', 'rejected', 'breaches'])
  assert.deepEqual((await migrate(client, { database: 'kept', retention })).retained, [])
  assert.equal(await ttl('requests'), String(before).replace('toIntervalDay(14)', `toIntervalSecond(${3 * 86_400})`))
  assert.equal(await ttl('breaches'), `toDateTime(last_seen) + toIntervalSecond(${30 * 86_400})`)
  assert.deepEqual((await migrate(client, { database: 'kept', retention: { requests: undefined } })).retained, [], 'what is not named stays')
  assert.deepEqual((await migrate(client, { database: 'kept', retention: { requests: 14 * day } })).retained, ['requests'])
})

test('the columns of requests are the published fields, in their order, with their types and meanings', async () => {
  const result = await client.query({
    query: `SELECT name, type, comment FROM system.columns
      WHERE database = 'gatelens' AND table = 'requests' AND default_kind != 'MATERIALIZED' ORDER BY position`,
    format: 'JSONEachRow',
  })
  const published = Object.entries(fields).map(([name, { type, description }]) => ({ name, type, comment: description }))
  assert.deepEqual(await result.json(), published)
})

test('a batch that is sent twice counts once in requests and in both rollups', async () => {
  const now = Math.floor(Date.now() / 3_600_000) * 3_600_000
  await emptyRequests()
  await insert('gatelens', rowsOf(5000, now), 'one')
  const once = await totals('gatelens')
  assert.deepEqual(once, [
    { n: 5000, u: 5000 },
    { n: 5000, e: 2000, l: 1000, u: 500, i: 50_000, o: 100_000, m: 99, d: 49 },
    { n: 5000, e: 2000, l: 1000, u: 500, i: 50_000, o: 100_000, m: 99, d: 49 },
  ])
  await insert('gatelens', rowsOf(5000, now), 'one')
  assert.deepEqual(await totals('gatelens'), once)
  await insert('gatelens', rowsOf(5000, now), 'two')
  const [raw, minutes, hours] = await totals('gatelens')
  assert.deepEqual([raw, (minutes as { n: number }).n, (hours as { n: number }).n], [{ n: 10_000, u: 5000 }, 10_000, 10_000])
})

test('a doubled batch that spans several days counts once, and so does the rest of a torn one', async () => {
  const now = Math.floor(Date.now() / 3_600_000) * 3_600_000
  await emptyRequests()
  const body = rowsOf(400, now, 900_000)
  await insert('gatelens', body, 'days')
  const once = await totals('gatelens')
  await insert('gatelens', body, 'days')
  await Promise.all(Array.from({ length: 4 }, async () => { await insert('gatelens', body, 'days') }))
  assert.deepEqual(await totals('gatelens'), once)
  assert.deepEqual(once[0], { n: 400, u: 400 })
})

test('one insert is one block, also when it is large', async () => {
  await emptyRequests()
  const body = rowsOf(300_000, Date.UTC(2026, 0, 1, 12), 1)
  assert.ok(body.length > 25_000_000)
  await insert('gatelens', body, 'large')
  const { inserted } = await firstRow(client, 'SELECT groupArray(rows) AS inserted FROM system.parts WHERE database = \'gatelens\' AND table = \'requests\' AND active AND level = 0')
  assert.deepEqual(inserted, [300_000])
})

test('a figure that the log does not give is in no sum, quantile or maximum, and the request counts', async () => {
  await emptyRequests()
  const now = Date.UTC(2026, 0, 1, 12)
  const unknown = (index: number, sizes = '\\N\t\\N'): string => rowsOf(1, now + index).replace('\t0\t0\t\\N\t10\t20', `\t\\N\t\\N\t\\N\t${sizes}`)
  await insert('gatelens', unknown(0) + unknown(1), 'none')
  const sums = 'sum(requests) AS n, sum(request_bytes) AS i, sum(response_bytes) AS o, max(duration_max) AS m'
  const read = (table: string): Promise<Record<string, unknown>> => firstRow(client,
    `SELECT ${sums}, isNaN(quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(duration)[3]) AS e FROM gatelens.${table}`)
  assert.deepEqual([await read('requests_1m'), await read('requests_1h')], Array(2).fill({ n: 2, i: null, o: null, m: null, e: 1 }))
  await insert('gatelens', unknown(2) + unknown(3, '7\t\\N') + rowsOf(100, now), 'some')
  await client.command({ query: 'OPTIMIZE TABLE gatelens.requests_1m FINAL' })
  await client.command({ query: 'OPTIMIZE TABLE gatelens.requests_1h FINAL' })
  const known = `SELECT ${sums}, round(quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(duration)[1]) AS d FROM gatelens.`
  const expected = { n: 104, i: 1007, o: 2000, m: 99, d: 49 }
  assert.deepEqual([await firstRow(client, `${known}requests_1m`), await firstRow(client, `${known}requests_1h`)], [expected, expected])
})

test('old requests stay when they arrive late', async () => {
  await emptyRequests()
  await insert('gatelens', rowsOf(100, Date.UTC(2020, 0, 1)), 'old')
  await client.command({ query: 'OPTIMIZE TABLE gatelens.requests FINAL' })
  await client.command({ query: 'OPTIMIZE TABLE gatelens.requests_1m FINAL' })
  const [raw, minutes] = await totals('gatelens')
  assert.deepEqual([raw, (minutes as { n: number }).n], [{ n: 100, u: 100 }, 100])
})

test('the highest version of a breach is the current one', async () => {
  const row = {
    breach_id: 'b',
    rule: 'r',
    severity: 'page',
    service: 's',
    opened_at: '2026-01-01 00:00:00',
    last_seen: '2026-01-01 00:01:00',
    threshold: 1,
    observed: 2,
    peak: 3,
    requests: 4,
    sample_request_ids: ['x']
  }
  await client.insert({ table: 'gatelens.breaches', values: [{ ...row, version: 1 }], format: 'JSONEachRow' })
  await client.insert({ table: 'gatelens.breaches', values: [{ ...row, version: 3, closed_at: '2026-01-01 00:02:00' }, { ...row, version: 2 }], format: 'JSONEachRow' })
  assert.deepEqual(await firstRow(client, 'SELECT count() AS n, max(version) AS version, any(closed_at) IS NULL AS open FROM gatelens.breaches_current'), { n: 1, version: 3, open: 0 })
})

test('the newest change of an endpoint says how it is declared, and whether at all', async () => {
  const row = (template: string, version: number, change: string, operation: string): Record<string, unknown> =>
    ({ service: 's', api: 'a', method: 'GET', template, route: template, operation_id: operation, statuses: ['200'], digest: 'd', version, change })
  const insertRows = (...values: object[]): Promise<unknown> => client.insert({ table: 'gatelens.catalog_endpoints', values, format: 'JSONEachRow' })
  await insertRows(row('/a', 1, 'added', 'a'), row('/b', 1, 'added', 'b'), row('/c', 1, 'added', 'c'))
  await insertRows(row('/a', 2, 'removed', 'a'), row('/b', 2, 'changed', 'b2'))
  await insertRows(row('/a', 2, 'removed', 'a'), row('/b', 2, 'changed', 'b2'))
  const current = 'SELECT groupArray((template, operation_id)) AS found FROM (SELECT * FROM gatelens.catalog_endpoints_current ORDER BY template)'
  assert.deepEqual(await firstRow(client, current), { found: [['/b', 'b2'], ['/c', 'c']] })
  await client.command({ query: 'OPTIMIZE TABLE gatelens.catalog_endpoints FINAL' })
  assert.deepEqual(await firstRow(client, current), { found: [['/b', 'b2'], ['/c', 'c']] })
  assert.deepEqual(await firstRow(client, 'SELECT count() AS n FROM gatelens.catalog_endpoints'), { n: 5 })
  await insertRows(row('/a', 3, 'added', 'a3'))
  assert.deepEqual(await firstRow(client, current), { found: [['/a', 'a3'], ['/b', 'b2'], ['/c', 'c']] })
})

/** What a later version of the program could bring. */
const later = [
  toSchemaFile('0101-region.sql', `ALTER TABLE gatelens.requests ADD COLUMN IF NOT EXISTS region LowCardinality(String);
    ALTER TABLE gatelens.requests_1m ADD COLUMN IF NOT EXISTS longest SimpleAggregateFunction(max, UInt64);
    ALTER TABLE gatelens.requests_to_1m MODIFY QUERY
    SELECT toStartOfMinute(toDateTime(time, 'UTC')) AS minute, service, count() AS requests, max(response_bytes) AS longest, now() AS updated_at
    FROM gatelens.requests GROUP BY minute, service;`),
  toSchemaFile('0102-view.sql', 'CREATE OR REPLACE VIEW gatelens.partners_current AS SELECT name, \'new; not old\' AS form FROM gatelens.partners'),
]

test('a later file is applied alone, in its order, and the rows of before stay', async () => {
  await migrate(client, { database: 'grown' })
  await insert('grown', rowsOf(100, Date.UTC(2026, 0, 1, 12)), 'one')
  const before = await totals('grown')
  const [first, second] = later.map((file) => file.name)
  const files = [...readSchema(), ...later]
  assert.deepEqual((await migrate(client, { database: 'grown', files: files.slice(0, -1) })).applied, [first])
  assert.deepEqual(await migrate(client, { database: 'grown', files }), { from: 101, to: 102, applied: [second], retained: [] })
  assert.deepEqual(await totals('grown'), before)
  await insert('grown', rowsOf(1, Date.UTC(2026, 0, 2)), 'two')
  assert.deepEqual(await firstRow(client, 'SELECT sum(requests) AS n, max(longest) AS b FROM grown.requests_1m'), { n: 101, b: 20 })
  assert.deepEqual(await firstRow(client, 'SELECT groupArray(name) AS columns FROM system.columns WHERE database = \'grown\' AND table = \'partners_current\''), { columns: ['name', 'form'] })
  await assert.rejects(migrate(client, { database: 'grown' }), { code: 'SCHEMA_NEWER', message: `the schema is version 102, this program knows ${latestVersion()}` })
})

test('a new database takes all files of a grown schema, and a migration that was cut is finished', async () => {
  const files = [...readSchema(), ...later]
  const cut = [...files.slice(0, 3), toSchemaFile('0003-cut.sql', 'CREATE TABLE IF NOT EXISTS gatelens.breaches (x UInt8) ENGINE = Nonsense')]
  await assert.rejects(migrate(client, { database: 'cut', files: cut }), { code: 'STORE_REFUSED', where: '0003-cut.sql' })
  assert.deepEqual((await migrate(client, { database: 'cut', files })).applied, files.slice(3).map((file) => file.name))
  assert.equal(await schemaVersion(client, 'cut'), 102)
})

test('a schema of other files is refused, whatever their number, and the error says what to do', async () => {
  const differs = { code: 'SCHEMA_DIFFERENT', where: 'changed', message: 'schema version 1 of the database differs from 0001-requests.sql of this program', hint: /an empty folder/ }
  const [bootstrap = toSchemaFile('', '')] = readSchema()
  const other = toSchemaFile('0001-requests.sql', 'CREATE TABLE IF NOT EXISTS gatelens.requests (time DateTime) ENGINE = MergeTree ORDER BY time')
  await migrate(client, { database: 'changed', files: [bootstrap, other] })
  await assert.rejects(migrate(client, { database: 'changed' }), differs)
  await migrate(client, { database: 'changed', files: [bootstrap, other, toSchemaFile('0099-more.sql', 'CREATE VIEW IF NOT EXISTS gatelens.more AS SELECT 1')] })
  await assert.rejects(migrate(client, { database: 'changed' }), differs)
})

test('comments and white space of a schema file may change', () => {
  const { checksum } = toSchemaFile('0001-x.sql', '-- one\nSELECT  1;')
  assert.equal(toSchemaFile('0001-x.sql', '-- two\n\nSELECT 1 ;\n').checksum, checksum)
  assert.notEqual(toSchemaFile('0001-x.sql', 'SELECT 2;').checksum, checksum)
})

test('what fills a rollup anew reads rows as the view that filled it first', () => {
  const all = readSchema().flatMap((file) => renderStatements(file.sql, { database: 'gatelens' }))
  const queryOf = (view: string): string => all.find((statement) => statement.includes(`VIEW IF NOT EXISTS gatelens.${view} `))?.replace(/^[^]*? AS\n/, '') ?? ''
  for (const [first, again, table] of [['requests_to_1m', 'again_to_1m', 'requests_1m'], ['requests_to_drift_1d', 'again_to_drift_1d', 'drift_1d']] as const) {
    const expected = queryOf(first).replace('FROM gatelens.requests\n', 'FROM gatelens.requests_again\n').replace(/NOT (endsWith\(.*?, )':requests'/, `$1':${table}'`)
    assert.equal(queryOf(again), expected)
  }
  assert.equal(queryOf('again_to_1h'), queryOf('again_to_1m').replace('toStartOfMinute', 'toStartOfHour').replaceAll(/\bminute\b/g, 'hour').replace(':requests_1m', ':requests_1h'))
})

test('a refusal bears the engine\'s own message, an unreachable store says so', async () => {
  const reader = connect(store.url, { clickhouse_settings: { readonly: '1' } })
  await assert.rejects(migrate(reader, { database: 'refused' }), { code: 'STORE_REFUSED', message: /readonly mode/ })
  await reader.close()
  const nobody = connect('http://127.0.0.1:1')
  await assert.rejects(migrate(nobody, { database: 'gatelens' }), { code: 'STORE_UNREACHABLE' })
  await nobody.close()
})

test('processes that migrate at the same time do not disturb each other', async () => {
  const children = Array.from({ length: 3 }, () => spawn(process.execPath, [...moduleArguments('test/store/migrator.ts'), store.url, 'together'], { stdio: 'inherit' }))
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
  assert.deepEqual(codes, [0, 0, 0])
  assert.equal(await schemaVersion(client, 'together'), latestVersion())
  await insert('together', rowsOf(10, Date.now()), 'x')
  assert.deepEqual((await totals('together'))[0], { n: 10, u: 10 })
})

test('the engine can parse what is meant for a cluster, whatever the names', async () => {
  for (const target of [{ database: 'gatelens', cluster: 'main' }, { database: 'my-own `db`', cluster: 'it\'s {cluster}' }]) {
    for (const statement of readSchema().flatMap((file) => renderStatements(file.sql, target))) {
      const result = await client.query({ query: 'SELECT formatQuery({statement:String}) AS text', query_params: { statement }, format: 'JSONEachRow' })
      assert.match(JSON.stringify(await result.json()), /ON CLUSTER|CREATE VIEW/)
    }
  }
})

test('a database may have any name', async () => {
  await migrate(client, { database: 'my-own `db`' })
  assert.equal(await schemaVersion(client, 'my-own `db`'), latestVersion())
})
