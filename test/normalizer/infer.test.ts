import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInference, inferRoute } from '../../normalizer/index.ts'

const words = `users orders order-items OrderLineItems getUserById user_profiles user_profiles2 v1 v2.1 v1.0 v3.1.2 v1beta1 v2alpha1 2fa oauth2
ipv4 sha256 base64 utf8 mp4 k8s s3 ec2 x509 log4j TLSv1 css3 html5 web3 b2b p2p 3ds 4xx en en-US zh-Hans-CN pt_BR es-419 en-001
us-east-1 eu-west-2 robots.txt favicon.ico index.html swagger.json openapi.yaml main.css jquery-3.min.js README.md .well-known .env
openid-configuration batchGet search:export orders:batchGet me self @me healthz livez metrics actuator graphql wp-login.php
cgi-bin phpmyadmin level2 step1 top10 terms-and-conditions create-payment-intent
oauth2PermissionGrants s3Buckets b2cUserFlows getOffice365ActivationCounts l3FirewallRules BoxScoreV3 snmpv3 hex2bin bin2Dec md5 p12 i18nLanguages
socket.io Microsoft.Compute microsoft.graph.getMobileApplicationManagementAppRegistrationSummaryReport jobpreparationandreleasetaskstatus
bulk_update_ads_bid_by_inventory_reference ~defaults $batch @connections UTF-8 SHA-256 sha-256 USD EUR-USD DE deu getUserByName XMLHttpRequest rechnungen utilisateurs`

const values = {
  '{int}': '42 007 1700000000000 4111111111111111 -12 +7',
  '{number}': '3.14 -12.5',
  '{id}': `fd8c ad76 3f2a 9bc1 a1b2 12ab 5f3 x7f q7wz cus_9s6XKzkNRiz8i3 pi_3MtwBwLkdIwHu7ix28a3tqPa acct_1032D82eZvKYlo2C
    sub_1MowQVLkdIwHu7ixeRlqHVzs PX1Z8Q B00005N5PF ORD-2024-17 INV-00042 ABCD-1234-EFGH G-12AB34 item12345 user123 user-8812 product-123
    some-slug-4f2a my-post-12345 sku-99812-blue 978-3-16-148410-0 GB29NWBK60161331926819 1Z999AA10123456784 LH454 @janedoe
    urn:isbn:0451450523 a:fd8c9912 jMXUwBEvd qxzvkjw b36x9k2m myAccount33 PROJ-12 INV-7 abc-123 sku-414 pd_947`,
  '{uuid}': `550e8400-e29b-41d4-a716-446655440000 550E8400-E29B-41D4-A716-446655440000 %7B550e8400-e29b-41d4-a716-446655440000%7D
    ffffffff-ffff-ffff-ffff-ffffffffffff`,
  '{ulid}': '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  '{ksuid}': '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
  '{nanoid}': 'V1StGXR8_Z5jdHi6B-myT',
  '{objectid}': '507f1f77bcf86cd799439011',
  '{hex}': 'deadbeef01 0xdeadbeef c0ffee ab12cd34 da39a3ee5e6b4b0d3255bfef95601890afd80709',
  '{email}': 'jane.doe@example.com jane%40example.com acct:bob@example.com',
  '{host}': 'api.example.com example.co.uk foo.internal:8080',
  '{mac}': '00:1B:44:11:3A:B7 00-1b-44-11-3a-b7',
  '{arn}': 'arn:aws:s3:::bucket arn:aws:iam::123456789012:role%2Fadmin',
  '{time}': '12:34 23:59:59 10:30Z',
  '{phone}': '+14155552671 415-555-2671 (415)555-2671 415.555.2671 +44%2020%207946%200958',
  '{date}': '2024-01-31 2024-01-31T10:00:00Z 2024-W05 2024-Q1 31.12.2024 12%2F31%2F2024 20240131T101500Z',
  '{ip}': '192.168.0.1 2001:db8::1 %5B::1%5D ::ffff:10.0.0.1 10.0.0.0%2F8 fe80::1%25eth0',
  '{token}': 'eyJhbGciOi.eyJzdWIi.c2ln',
  '{slug}': 'how-to-cook-rice-in-less-than-ten-minutes',
  '{int}.json': '42.json',
  '{int}:cancel': '42:cancel',
  'Users({key})': 'Users(42)',
  '{base64}': 'dGhpcyBpcyBhIHRlc3QgMTIz +ja0cf6%2B84AGgat15W1jooeMfUY=',
  '{text}': 'caf%C3%A9 a%20b %7Bid%7D',
}

test('words, versions, locales and file names of undeclared paths stay', () => {
  for (const word of words.split(/\s+/)) assert.equal(inferRoute(`/${word}`), `/${word}`)
})

test('words of hexadecimal digits are words where all words may stand', () => {
  for (const word of 'facade decade face cafe dead beef added cabbage jane-doe'.split(' ')) assert.equal(inferRoute(`/${word}`, () => true), `/${word}`)
})

test('names of standards with their number are words, counted things are not', () => {
  const words = 'ed25519 mt940 MT103 camt053 pain.001 python3 hl7v2 1080p oauth2 sha256 SHA-256 utf8 web3 iso8601 ISO-20022 base64 top-100 rfc7519 tls1 ipv6 us-east-1 step-2'
  for (const word of words.split(' ')) assert.equal(inferRoute(`/x/${word}`), `/x/${word}`)
  for (const id of ['user12', 'order-75', 'User7', 'customer_3', 'item1', 'invoice-1', 'ed82', 'v450']) assert.equal(inferRoute(`/x/${id}`), '/x/{id}', id)
  assert.equal(inferRoute('/releases/1.22.3/notes'), '/releases/{version}/notes')
  assert.equal(inferRoute('/prices/9.99/history'), '/prices/{number}/history')
})

test('ids of all kinds become their type', () => {
  for (const [type, list] of Object.entries(values)) {
    for (const value of list.split(/\s+/)) assert.equal(inferRoute(`/${value}`), `/${type}`, value)
  }
})

test('a word beside a type counts towards the cap of its level', () => {
  const inference = createInference({ perLevel: 3, words: 'all' })
  const letters = 'abcdefghij'.split('')
  const verbs = letters.map((letter) => inference.infer('s', `/jobs/42:run${letter}`))
  const functions = letters.map((letter) => inference.infer('s', `/functions/call${letter}(42)`))
  assert.deepEqual(verbs.slice(2, 5), ['/jobs/{int}:runc', '/jobs/{*}', '/jobs/{*}'])
  assert.equal(new Set([...verbs, ...functions]).size, 8)
  assert.equal(inference.infer('s', '/jobs/42.json'), '/jobs/{int}.json')
})

test('only its place tells a version from a number or a date', () => {
  const paths = {
    '/2010-04-01/Accounts/7': '/2010-04-01/Accounts/{int}',
    '/20160918/instances': '/20160918/instances',
    '/1.1/statuses/show.json': '/1.1/statuses/show.json',
    '/rest/api/2/issue/10001': '/rest/api/2/issue/{int}',
    '/geo/1.0/direct': '/geo/1.0/direct',
    '/3/movie/550': '/3/movie/{int}',
    '/apis/networking.k8s.io/v1/ingresses': '/apis/networking.k8s.io/v1/ingresses',
    '/rates/2024-01-31/USD': '/rates/{date}/USD',
    '/2024-01-31': '/{date}',
    '/users/7/orders': '/users/{int}/orders',
    '/users/42/1.5/x': '/users/{int}/{number}/x',
    '/networking.example.io': '/{host}',
  }
  for (const [path, route] of Object.entries(paths)) assert.equal(inferRoute(path), route)
})

test('a label is short, however long the words are', () => {
  const word = 'administration'.repeat(5)
  assert.equal(inferRoute(`/${word}/${word}/${word}/${word}/x`, () => true), `/${word}/${word}/${word}/{*}`)
  for (const text of [`a${'.json'.repeat(30)}`, `ab${':ab'.repeat(50)}`, `${'ab-'.repeat(3)}${'word'.repeat(20)}`, 'a.'.repeat(70), 'a;'.repeat(60)]) {
    for (const tail of ['', '.json', ':run', '(1)']) assert.ok(inferRoute(`/${text}${tail}`).length < 100, text)
  }
})
