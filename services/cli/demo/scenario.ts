import { between, choose, createRandom, hex, uuid } from './random.ts'
import type { Random } from './random.ts'

/** One request of the demo: what is sent, and how the upstream is told to answer. */
export interface DemoRequest {
  method: string
  target: string
  /** API key, '' for a caller without one. */
  key: string
  agent: string
  /** Status and delay that the demo upstream gives. */
  status: number
  delay_ms: number
}

/** Requests in one round of the story; within it, `burst` is the stretch in which payments fail. */
const round = 3000
const burst = { from: 400, to: 900 }

/**
 * The demo's traffic, endless and the same for the same seed: eight partners, of which one goes over its quota, one uses a
 * path that no document declares, one asks for a slow operation, one meets a burst of errors, one still calls what is deprecated;
 * and a scanner without a key.
 */
export function * scenario (seed: number): Generator<DemoRequest, never> {
  const random = createRandom(seed)
  for (let index = 0; ; index++) {
    const position = index % round
    yield choose(random, callers)(random, position >= burst.from && position < burst.to)
  }
}

type Caller = (random: Random, failing: boolean) => DemoRequest

const callers: ReadonlyArray<readonly [number, Caller]> = [
  [22, (random) => partner('acme', 'acme-erp/4.2.1', random, [
    [50, () => get(`/v1/orders/${uuid(random)}?expand=items`, 35)],
    [20, () => get(`/v1/orders?page=${between(random, 1, 40)}&limit=50`, 60)],
    // A status that the document does not declare.
    [15, () => ({ method: 'POST', target: '/v1/orders', status: random() < 0.06 ? 409 : 201, delay_ms: 70 })],
    [10, () => get(`/v1/orders/${uuid(random)}/items/${between(random, 1, 9)}`, 25)],
    [5, () => get('/v1/orders/export.csv', 180)],
  ])],
  // Over its quota: far more requests a minute than its contract allows.
  [20, (random) => partner('initech', 'python-requests/2.32.3', random, [
    [70, () => get(`/v1/orders?page=${between(random, 1, 900)}&limit=100`, 45)],
    [30, () => get(`/v1/orders/${between(random, 10_000, 99_999)}`, 30)],
  ])],
  [16, (random) => partner('globex', 'GlobexPay-SDK/2.0 (java 17.0.11)', random, [
    [35, () => ({ method: 'POST', target: '/v1/payments', status: random() < 0.03 ? 402 : 201, delay_ms: 120 })],
    [30, () => get(`/v1/payments/pay_${hex(random, 16)}`, 40)],
    [15, () => ({ method: 'POST', target: `/v1/payments/pay_${hex(random, 16)}:capture`, status: 200, delay_ms: 90 })],
    [10, () => ({ method: 'POST', target: `/v1/payments/pay_${hex(random, 16)}/refunds`, status: 201, delay_ms: 110 })],
    [10, () => get(`/v1/customers/${between(random, 100, 9999)}/statements/2026-0${between(random, 1, 9)}.pdf`, 75)],
  ])],
  // Mis-uses an internal path that the gateway lets through and no document declares.
  [9, (random) => partner('umbrella', 'umbrella-sync/1.0', random, [
    [55, () => get(`/fhir/r4/internal/export/${uuid(random)}`, 60)],
    [30, () => get(`/fhir/r4/Patient/${hex(random, 12)}`, 40)],
    [15, () => ({ method: 'POST', target: '/fhir/r4/Observation', status: 201, delay_ms: 55 })],
    // A method that the path does not declare.
    [5, () => ({ method: 'PUT', target: `/fhir/r4/Observation/${hex(random, 12)}`, status: 200, delay_ms: 50 })],
  ])],
  // Uses the operation that is slow by nature.
  [8, (random) => partner('wayne', 'Wayne-Rx/7.1', random, [
    [55, () => get(`/fhir/r4/Patient/${hex(random, 12)}/$everything`, between(random, 700, 1400))],
    [25, () => get(`/fhir/r4/Patient?birthdate=19${between(random, 40, 99)}-0${between(random, 1, 9)}-1${between(random, 0, 9)}`, 80)],
    [20, () => get(`/fhir/r4/Patient/${hex(random, 12)}/_history/${between(random, 1, 30)}`, 45)],
  ])],
  // Meets the burst of failing payments.
  [12, (random, failing) => partner('hooli', 'hooli-shop/11.3 okhttp/4.12.0', random, [
    [60, () => ({ method: 'POST', target: '/v1/payments', status: failing ? 503 : 201, delay_ms: failing ? 15 : 110 })],
    [25, () => get(`/v1/products/${product(random)}`, 20)],
    [15, () => get(`/v1/products/${product(random)}/reviews`, 30)],
  ])],
  [6, (random) => partner('stark', 'stark-wms/2.9', random, [
    [70, () => ({ method: 'PATCH', target: `/v1/orders/${uuid(random)}/status`, status: 200, delay_ms: 50 })],
    [25, () => ({ method: 'POST', target: `/v1/orders/${uuid(random)}:cancel`, status: random() < 0.2 ? 409 : 200, delay_ms: 45 })],
    // Deprecated in favour of the one above.
    [5, () => ({ method: 'DELETE', target: `/v1/orders/${uuid(random)}`, status: 204, delay_ms: 40 })],
  ])],
  [5, (random) => partner('soylent', 'soylent-app/3.4 (iOS 17.5)', random, [
    [40, () => get(`/v1/products:search?q=${product(random)}`, 85)],
    [40, () => get(`/v1/products/${product(random)}`, 20, random() < 0.1 ? 404 : 200)],
    [20, () => get(`/v1/categories/${between(random, 1, 60)}`, 15)],
  ])],
  [2, (random) => ({ ...get(probe(random), 0, 404), key: '', agent: 'Mozilla/5.0 zgrab/0.x' })],
]

type Choice = () => Pick<DemoRequest, 'method' | 'target' | 'status' | 'delay_ms'>

function partner (name: string, agent: string, random: Random, choices: ReadonlyArray<readonly [number, Choice]>): DemoRequest {
  const request = choose(random, choices)()
  return { ...request, delay_ms: request.delay_ms * (0.6 + 0.8 * random()), key: `demo-key-${name}`, agent }
}

function get (target: string, delay: number, status = 200): ReturnType<Choice> {
  return { method: 'GET', target, status, delay_ms: delay }
}

function product (random: Random): string {
  return `${choose(random, [[1, 'oat'], [1, 'rye'], [1, 'fig'], [1, 'kale']])}-${choose(random, [[1, 'bar'], [1, 'bread'], [1, 'juice']])}-${between(random, 1, 400)}`
}

function probe (random: Random): string {
  return choose(random, [
    [3, `/${hex(random, 8)}/${hex(random, 6)}.php`],
    [2, `/wp-content/plugins/${hex(random, 5)}/readme.txt`],
    [2, `/v1/orders/${hex(random, 4)}/..%2f..%2fetc%2fpasswd`],
    [1, '/.env'],
    [1, '/.git/config'],
    [1, `/backup-${between(random, 2019, 2026)}.tar.gz`],
  ])
}
