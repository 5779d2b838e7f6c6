/** What the engine says of a block that it cannot take, and what of that goes into a reject. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ClickHouseError } from '@clickhouse/client'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { deliver } from '../../../services/processor/publish/deliver.ts'
import type { Target } from '../../../services/processor/publish/insert.ts'
import { describeRefusal } from '../../../services/processor/publish/refusal.ts'
import { firstRow } from '../../store/fixture.ts'
import { makeEvents } from '../event-fixture.ts'
import { openTarget } from './sink-fixture.ts'
import { tabulateEvents } from './whole-batch.ts'

let target: Target
let close: () => Promise<void>

before(async () => { ({ target, close } = await openTarget()) })
after(async () => { await close() })

const secret = 'hushhush and\\ \'more\' 7261'

interface Case {
  name: string
  change: string
  back: string
  /** What the other rows have, and the one that is refused. */
  fits?: Partial<EnrichedEvent>
  given: Partial<EnrichedEvent>
  detail: RegExp
}

const cases: Case[] = [
  {
    name: 'a constraint',
    change: "ADD CONSTRAINT not_this CHECK NOT startsWith(request_id, 'hush')",
    back: 'DROP CONSTRAINT not_this',
    given: { request_id: secret },
    detail: /^VIOLATED_CONSTRAINT \(469\), column request_id: Constraint … for table gatelens\.requests/,
  },
  {
    name: 'a type that quotes without a mark',
    change: 'MODIFY COLUMN request_id UUID',
    back: 'MODIFY COLUMN request_id String',
    fits: { request_id: '0123abcd-0000-4000-8000-0123456789ab' },
    given: { request_id: 'hushhush-and-more' },
    detail: /^CANNOT_PARSE_UUID \(376\), column request_id: Cannot parse uuid …: Cannot parse UUID from String$/,
  },
  {
    name: 'an enumeration',
    change: "MODIFY COLUMN tls_version Enum8('' = 0, 'TLSv1.2' = 1)",
    back: 'MODIFY COLUMN tls_version LowCardinality(String)',
    fits: { tls_version: '' },
    given: { tls_version: secret },
    detail: /^UNKNOWN_ELEMENT_OF_ENUM \(691\), column tls_version: Unknown element …/,
  },
  {
    name: 'a number',
    change: 'MODIFY COLUMN client_address UInt32',
    back: 'MODIFY COLUMN client_address String',
    fits: { client_address: '7' },
    given: { client_address: secret },
    detail: /^CANNOT_PARSE_TEXT \(6\), column client_address: Cannot parse string … as …: syntax error/,
  },
  {
    name: 'a short text of a fixed length',
    change: 'MODIFY COLUMN user_agent FixedString(12)',
    back: 'MODIFY COLUMN user_agent LowCardinality(String)',
    fits: { user_agent: 'a/1' },
    given: { user_agent: secret },
    detail: /^TOO_LARGE_STRING_SIZE \(131\), column user_agent: String too long for type FixedString\(…\)$/,
  },
  {
    name: 'the values of a map',
    change: 'MODIFY COLUMN labels Map(LowCardinality(String), UInt8)',
    back: 'MODIFY COLUMN labels Map(LowCardinality(String), String)',
    fits: { labels: {} },
    given: { labels: { key: secret } },
    detail: /^CANNOT_PARSE_TEXT \(6\), column labels: Cannot parse string … as …: syntax error/,
  },
]

for (const { name, change, back, fits = {}, given, detail } of cases) {
  test(`a row that ${name} of its table does not allow gives column and reason, and no value`, async (t) => {
    // Rows of before would have to fit as well.
    await target.client.command({ query: 'TRUNCATE TABLE gatelens.requests' })
    await target.client.command({ query: `ALTER TABLE gatelens.requests ${change}` })
    t.after(async () => { await target.client.command({ query: `ALTER TABLE gatelens.requests ${back}` }) })
    const events = makeEvents(5, (index) => ({ ...fits, source: `test:${name}`, source_offset: index, ...index === 3 ? given : {} }))
    const encoded = { token: name, parts: tabulateEvents(events) }
    assert.equal(await deliver(target, encoded, { again: false, refused: () => {} }), 1)
    const counted = await firstRow(target.client, `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(source_offset)) AS places FROM gatelens.requests WHERE source = 'test:${name}'`)
    assert.deepEqual(counted, { rows: 4, places: 4 })
    const reject = await firstRow(target.client, `SELECT detail, toUInt32(source_offset) AS place FROM gatelens.rejected WHERE source = 'test:${name}'`)
    assert.equal(reject.place, 3)
    assert.match(String(reject.detail), detail)
    assert.doesNotMatch(String(reject.detail), /hush|more|7261/)
  })
}

test('an engine\'s message loses literals, numbers, the dump of the row and words of its values', () => {
  const told = (message: string, values: unknown[] = []): string =>
    describeRefusal(new ClickHouseError({ message, code: '27', type: 'CANNOT_PARSE' }), ['time', 'gateway'], values)
  assert.equal(told("Cannot parse input: expected '\\t' before: 'secret-1\\tsecret-2': (at row 3)\n\nRow 3:\nColumn 0, name: time: \"secret-3\""),
    'CANNOT_PARSE (27): Cannot parse input: expected …')
  assert.equal(told('Cannot parse hush, hush: while converting column "gateway" from type String to type UUID', ['hush, hush', 7, null]),
    'CANNOT_PARSE (27), column gateway: Cannot parse …, …')
  assert.equal(told('Bad key: hush', [{ key: 'hush' }]), 'CANNOT_PARSE (27): Bad …: …')
})
