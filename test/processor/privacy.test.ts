/** Plants secrets everywhere a client can put one, and looks for them in everything that is published. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import { privacySchema } from '../../services/processor/enrich/privacy.ts'
import { fields } from '../../services/processor/event.ts'
import type { FieldName } from '../../services/processor/event.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { createInputDecoder, createStages } from '../../services/processor/stages.ts'
import { sourceFolder } from '../built.ts'
import { fc, runs } from '../property.ts'

const catalog = await loadCatalog({ openapi: ['apis'], backstage: ['catalog-info.yaml'], partners: 'partners.yaml' }, { base: join(sourceFolder(import.meta.dirname), 'catalog') })
const rules = privacySchema.parse({ key: 'a key of the tests alone', allow_headers: ['x-tenant'], allow_query: ['page'] })
const stages = createStages({ catalog: () => catalog, privacy: rules, filter: [] })
const decoder = createInputDecoder({ type: 'kong' }, rules)

/** A Kong record in which `secret(kind)` stands in every place that a client, or a credential, can fill. */
function plant (secret: (kind: string) => string): object {
  const query = `page=2&api_key=${secret('query')}&email=${secret('query')}&${secret('query')}=1#${secret('query')}`
  const path = `/v1/orders/${secret('path')}`
  const authority = `${secret('user')}:${secret('user')}@api.example.com`
  return {
    request: {
      id: '6b4d4233eeb6a1f6f14330dd07e57c98',
      uri: `http://${authority}${path}?${query}`,
      url: `http://${authority}:443${path}?${query}`,
      querystring: { api_key: secret('query') },
      method: 'GET',
      size: 400,
      headers: {
        host: `${secret('user')}@api.example.com:443`,
        'user-agent': `acme-erp/4.2 (${secret('header')}) token/${secret('header')}`,
        authorization: `Bearer ${secret('header')}`,
        apikey: secret('header'),
        cookie: `sid=${secret('cookie')}; other=${secret('cookie')}`,
        'x-api-key': [secret('header'), secret('header')],
        'x-tenant': 'blue',
        'x-forwarded-for': secret('header'),
        traceparent: `00-${secret('header')}-c909dfdb3d83937e-01`,
        referer: `https://example.com/?t=${secret('header')}`,
      },
      tls: { version: 'TLSv1.3', cipher: secret('header') },
    },
    response: {
      status: 200,
      size: 900,
      headers: { 'set-cookie': [`sid=${secret('cookie')}`], location: `/v1?code=${secret('header')}`, 'x-cache-status': secret('header'), 'x-ratelimit-limit-minute': secret('header') },
    },
    latencies: { kong: 4, proxy: 41, request: 47 },
    upstream_uri: `${path}?${query}`,
    upstream_status: '200',
    client_ip: '203.0.113.17',
    started_at: 1787220930123,
    source: 'upstream',
    service: { name: 'orders-api' },
    route: { name: 'orders-v1' },
    tries: [{ ip: '10.20.0.12', port: 8080 }],
    consumer: { id: 'c0ffee00-0000-4000-8000-000000000001', username: 'acme-logistics' },
    authenticated_entity: { id: secret('credential') },
    trace_id: { w3c: secret('header') },
    correlation_id: secret('header'),
  }
}

function published (record: object): string {
  const { events, rejects } = decodeRecords([{ bytes: Buffer.from(JSON.stringify(record)), offset: 0 }], 'access.log', decoder, { events: [], rejects: [] })
  if (rejects.length > 0) return JSON.stringify(rejects)
  const [event] = stages.enrich(stages.normalize(events))
  assert.ok(event !== undefined)
  return JSON.stringify((Object.keys(fields) as FieldName[]).map((name) => event[name]))
}

test('none of 100 planted secrets is published', () => {
  let planted = 0
  for (let round = 0; round < 4; round++) {
    const secrets: string[] = []
    const text = published(plant((kind) => {
      const secret = `zq${kind}${round}x${secrets.length}vjk`
      secrets.push(secret)
      return secret
    }))
    planted += secrets.length
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${text}`)
    assert.ok(text.includes('/v1/orders/{orderId}') && text.includes('blue') && text.includes('acme-logistics'), text)
  }
  assert.ok(planted >= 100, `${planted} planted`)
})

test('no secret of any form is published, wherever it stands', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.~-'), minLength: 12, maxLength: 60 })
  fc.assert(fc.property(letters.map((text) => `zq${text}vj`), (secret) => {
    const text = published(plant(() => secret))
    assert.ok(!text.includes(secret), text)
  }), runs(200))
})

const undeclared = ['eyJhbGciOiJub25lIn0.e30.c2ln', 'AKIAIOSFODNN7EXAMPLE', 'sk_live_EXAMPLE0000000000', 'jane.doe@example.com', 'jane.doe%40example.com',
  'd41d8cd98f00b204e9800998ecf8427e', '4111111111111111', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', '+4915112345678', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MDEyMzQ1']

test('values in undeclared paths are hashed or scrubbed when they look like one', () => {
  for (const secret of undeclared) {
    for (const uri of [`/undeclared/${secret}`, `/${secret}/login`, `/undeclared/v1/${secret}/more?x=${secret}`]) {
      const record = { request: { uri, method: 'GET', headers: {} }, response: { status: 404 }, latencies: { request: 1 }, started_at: 1787220930123 }
      assert.ok(!published(record).includes(secret), `${uri}: ${published(record)}`)
    }
  }
})
