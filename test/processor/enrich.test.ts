import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { parse } from 'yaml'
import { emptyCatalog } from '../../services/processor/catalog/catalog.ts'
import { createConsumerFinder, createPartnerFinder, packOwners, partnersSchema } from '../../services/processor/catalog/partners/partners.ts'
import type { KnownConsumer } from '../../services/processor/catalog/partners/partners.ts'
import { createBounds, createBudgets } from '../../services/processor/enrich/bounds.ts'
import { createBudget, other } from '../../services/processor/enrich/budget.ts'
import { remember } from '../../services/processor/enrich/cache.ts'
import { createEnricher } from '../../services/processor/enrich/enrich.ts'
import { createPrivacy, privacySchema } from '../../services/processor/enrich/privacy.ts'
import { redacted, scrub } from '../../services/processor/secrets.ts'
import { fields } from '../../services/processor/event.ts'
import type { EnrichedEvent, FieldName, NormalizedEvent } from '../../services/processor/event.ts'
import { expectCase, readCases } from '../case.ts'
import type { Case } from '../case.ts'
import { anyText, fc } from '../property.ts'
import { normalizedEvent } from './event.ts'

type Service = { owner: string, system: string, domain: string, lifecycle: string }
interface Config {
  privacy?: object
  methods?: string[]
  words?: string[]
  consumers?: string[]
  services?: Record<string, Service>
  partners?: unknown[]
  known?: KnownConsumer[]
}

const privacy = createPrivacy(privacySchema.parse({ key: 'a key of the tests alone' }))

for (const item of readCases('enrich')) {
  test(item.name, () => { expectCase(item, enrichCase(item).map(published).join('\n')) })
}

/** Each line of the input changes an ordinary event; what is published is shown by what differs from that event's own. */
function enrichCase (item: Case): Array<[EnrichedEvent, EnrichedEvent]> {
  const config = (parse(item.config) ?? {}) as Config
  const { partners } = partnersSchema.parse({ partners: config.partners ?? [] })
  const known = config.known ?? []
  const catalog = {
    services: new Map(Object.entries(config.services ?? {})),
    findPartner: createPartnerFinder(partners, known),
    findConsumer: createConsumerFinder(packOwners(known)),
    methods: new Set([...emptyCatalog().methods, ...config.methods ?? []]),
    digest: '0123456789abcdef',
    knows: (word: string) => config.words?.includes(word) === true,
    isConsumer: (name: string) => config.consumers?.includes(name) === true,
  }
  const rules = createPrivacy(privacySchema.parse({ key: 'a key of the tests alone', ...config.privacy }))
  const enrich = createEnricher({ catalog: () => catalog, privacy: rules, bounds: createBounds(createBudgets()) })
  const one = (changes: Partial<NormalizedEvent>): EnrichedEvent => enrich([normalizedEvent(changes)])[0] as EnrichedEvent
  return item.input.split('\n').map((line) => [one({}), one(JSON.parse(line) as Partial<NormalizedEvent>)])
}

function published ([ordinary, event]: [EnrichedEvent, EnrichedEvent]): string {
  const names = Object.keys(fields) as FieldName[]
  const differs = (name: FieldName): boolean => JSON.stringify(ordinary[name]) !== JSON.stringify(event[name])
  return JSON.stringify(Object.fromEntries(names.filter(differs).map((name) => [name, event[name]])))
}

test('a hash is the first 12 hex digits of HMAC-SHA-256 under the configured key', () => {
  const expected = createHmac('sha256', 'a key of the tests alone').update('4711').digest('hex').slice(0, 12)
  assert.equal(privacy.hash('4711'), expected)
  assert.equal(privacy.hash('4711'), expected, 'also when it is remembered')
  assert.equal(privacy.hash(''), '')
})

test('without a key, hashes hold for one process only and a notice says so', () => {
  const [one, two] = [createPrivacy(privacySchema.parse({})), createPrivacy(privacySchema.parse({}))]
  assert.notEqual(one.hash('4711'), two.hash('4711'))
  assert.match(one.notices.join(), /privacy\.key/)
  assert.deepEqual(privacy.notices, [])
})

test('headers that carry credentials cannot be allowed', () => {
  for (const name of ['Authorization', 'cookie', 'X-Api-Key']) assert.equal(privacySchema.safeParse({ allow_headers: [name] }).success, false, name)
  assert.deepEqual(privacySchema.parse({ allow_headers: ['X-Tenant'] }).allow_headers, ['x-tenant'])
})

test('client addresses are masked to /24 and /48, and nothing else passes', () => {
  const masked = ['203.0.113.17', '::ffff:203.0.113.17', '2001:db8:85a3::8a2e:370:7334', '[2001:db8:85a3::1]:443', 'fe80::1%eth0', '010.1.2.3', '1', 'host', '',
    '203.0.113.17, 10.0.0.1'].map((address) => privacy.maskAddress(address))
  assert.deepEqual(masked, ['203.0.113.0', '203.0.113.0', '2001:db8:85a3::', '2001:db8:85a3::', 'fe80::', '', '', '', '', ''])
})

test('user agents are cut to product and major version of products that are known or allowed', () => {
  const cut = ['acme-erp/4.2.1', 'GlobexPay-SDK/2.0 (java 17.0.11)', 'Mozilla/5.0 (iPhone; CPU)', 'Go-http-client/1.1', 'curl', '', 'token 4711', 'sk_live_abcdef123456/1.0',
    'a1b2c3d4e5/1', 'jane.doe@example.com/1'].map((agent) => privacy.cutAgent(agent))
  assert.deepEqual(cut, ['other', 'other', 'Mozilla/5', 'Go-http-client/1', 'curl', '', 'other', 'other', 'other', 'other'])
  const own = createPrivacy(privacySchema.parse({ allow_agents: ['acme-erp'] }))
  assert.deepEqual(['acme-erp/4.2.1', 'acme-crm/1', 'CURL/8.7.1', 'jane-doe/3'].map((agent) => own.cutAgent(agent)), ['acme-erp/4', 'other', 'curl/8', 'other'])
})

const secrets = ['eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'AKIAIOSFODNN7EXAMPLE', 'sk_live_EXAMPLE0000000000', 'Bearer abc.def-123',
  'Basic dXNlcjpwYXNz', 'jane.doe@example.com', 'jane%40example.com', '4111 1111 1111 1111', 'password=sesame', 'api_key: 4711', 'https://open:sesame@example.com',
  'd41d8cd98f00b204e9800998ecf8427e', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MDEyMzQ1', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'glpat-abcdefghij0123456789', 'xoxb-123456789012-abcdef']

test('known shapes of secrets are found anywhere in a text', () => {
  for (const secret of secrets) {
    for (const text of [secret, `before ${secret} after`, `(${secret})`]) {
      assert.ok(scrub(text).includes(redacted) && !scrub(text).includes(secret), text)
    }
  }
})

test('ordinary names and ids are no secrets', () => {
  for (const text of ['orders-api', '2b0c4d0e-6a43-4b7a-8f0b-0d5f8f0e2001', 'orders.svc.internal', '10.20.0.12:8080', '[fd00::12]:8080', 'acme-logistics', 'PARTNER-0001',
    'httproute/shop/orders/rule/0/match/0/api_example_com', '/v1/orders/{orderId}/items', 'text/html; charset=utf-8', 'de-DE,de;q=0.9']) {
    assert.equal(scrub(text), text)
  }
})

test('cleaned text is short, printable and well-formed, whatever comes in', () => {
  fc.assert(fc.property(anyText({ maxLength: 2000 }), (text) => {
    const clean = privacy.clean(`${text}\ud800`)
    assert.ok(clean.length <= 256 && !/[\p{Cc}\p{Cs}]/u.test(clean))
    assert.equal(privacy.cleanName(text) === '', text === '', 'a name never vanishes')
  }))
})

test('a hostile text of many half-made secrets does not keep the scrubber', () => {
  for (const text of ['a.', 'a@', '1 ', 'password=', '//', 'eyJ', '-----BEGIN ', 'aB1']) assert.ok(scrub(text.repeat(5e4)).length <= 5e4 * text.length, text)
})

test('a label keeps its first values and becomes __other__ past its budget; strangers get a tenth', () => {
  const budget = createBudget(20)
  assert.deepEqual(['a', 'b', 'c', 'a', ''].map((value) => budget(value, false)), ['a', 'b', other, 'a', ''])
  const trusted = Array.from({ length: 30 }, (_, i) => budget(`t${i}`, true))
  assert.equal(trusted.filter((value) => value !== other).length, 18)
  assert.equal(budget('t0', false), 't0', 'a known value is free')
})

test('a remembered function keeps as much as its bound of characters allows, whatever the texts are', () => {
  let calls = 0
  const { of: same } = remember('same', 1_000_000, (text) => { calls++; return text })
  const texts = Array.from({ length: 6000 }, (_, index) => `${'x'.repeat(1000)}${index}\uD800`)
  assert.deepEqual(texts.map(same), texts)
  assert.deepEqual(texts.slice(-1000).map(same), texts.slice(-1000))
  assert.equal(calls, 6000, 'the newest are kept')
  same(texts[0] ?? '')
  assert.equal(calls, 6001, 'the oldest are not')
  assert.deepEqual([same('y'.repeat(2000)), same('y'.repeat(2000))], ['y'.repeat(2000), 'y'.repeat(2000)])
  assert.equal(calls, 6003, 'nor is a long one')
})

test('a remembered function gives the same results and forgets the oldest texts', () => {
  let calls = 0
  const { of: upper, cache } = remember('upper', 2, (text) => { calls++; return text.toUpperCase() })
  assert.deepEqual(['a', 'a', 'b', 'c', 'a', 'd', 'e', 'f', 'a'].map(upper).join(''), 'AABCADEFA')
  assert.equal(calls, 7)
  assert.deepEqual([cache.name, cache.entries(), cache.evictions()], ['upper', 4, 4])
})
