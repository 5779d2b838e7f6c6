/** What is suggested for undocumented traffic: a document that is valid, and that declares this very traffic. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import { driftInLogs } from '../../../services/cli/drift/from-logs.ts'
import type { Comparison, DriftOptions } from '../../../services/cli/drift/options.ts'
import { suggestDocuments } from '../../../services/cli/drift/suggest.ts'
import { writeSuggestions } from '../../../services/cli/drift/suggest-files.ts'
import { openLog } from '../../../services/cli/report/records.ts'
import { temporaryFolder } from '../../folder.ts'
import { root } from '../run-command.ts'
import { logLine } from './traffic.ts'

const folder = temporaryFolder()

const start = Date.UTC(2026, 7, 20)
const uuid = '8f14e45f-ceea-467f-a0e6-3f1c2b9d7a10'

/** Undocumented requests that a backend answers: every kind of value, below the base path of the documents and elsewhere. */
const served: Array<{ method?: string, uri: string, status?: number, service?: string }> = [
  { uri: `/v1/orders/${uuid}/invoices/17` },
  { uri: '/v1/orders/4711/invoices/17?full=1', status: 404 },
  { uri: '/v1/orders/4711/invoices/18' },
  { uri: `/v1/orders/${uuid}/invoices/17`, method: 'HEAD' },
  { uri: `/v1/orders/${uuid}/invoices`, method: 'POST', status: 201 },
  { uri: '/v1/companies/17/addresses/main/boxes/3.json' },
  { uri: '/v1/companies/17/addresses/main/boxes/3:open', method: 'POST', status: 202 },
  { uri: '/v1/tickets/2026-08-20/jane.doe@example.com' },
  { uri: '/internal/status', method: 'GET' },
  { uri: '/v1/status' },
  { uri: '/status' },
  { uri: '/v1/a/b/c/d/e/f/g/h/i/j/k/l/m/n' },
  { uri: '/v1/warehouse/Users(42)/lines' },
  { uri: '/fhir/r4/internal/export/17', service: 'patients' },
  { uri: '/health', service: 'billing', method: 'HEAD' },
]
const refused = [{ uri: '/v1/nothing/here', status: 404 }, { uri: '/v1/orders/17/secrets', method: 'TRACE', status: 405 }]

function writeLog (name: string, requests: typeof served): string {
  const path = join(folder, name)
  writeFileSync(path, requests.map((request, index) => `${logLine(index, { ...request, time: start + index })}\n`).join(''))
  return path
}

async function compare (log: string, options: Partial<DriftOptions> = {}): Promise<Comparison> {
  const defaults: DriftOptions = { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'warning' }
  return await driftInLogs([openLog(log)], { ...defaults, openapi: [join(root, 'examples/openapi')], ...options })
}

test('the suggestions are valid OpenAPI documents, one for each service', async () => {
  const suggestions = suggestDocuments(await compare(writeLog('served.ndjson', [...served, ...refused])), { minRequests: 1 })
  assert.deepEqual(suggestions.map(({ service }) => service), ['billing', 'orders', 'patients'])
  for (const { document } of suggestions) await SwaggerParser.validate(structuredClone(document) as never)
  const { document } = suggestions[1] ?? assert.fail()
  assert.deepEqual([document.servers, document['x-service']], [[{ url: '/v1' }], 'orders'])
  const paths = document.paths as Record<string, Record<string, { operationId: string, responses: object }>>
  const operations = Object.entries(paths).flatMap(([path, item]) => Object.entries(item)
    .filter(([, { operationId }]) => operationId !== undefined)
    .map(([method, { operationId, responses }]) => `${method} ${path} ${operationId} ${Object.keys(responses).join(' ')}`))
  assert.deepEqual(operations, [
    'get /a/b/c/d/e/f/g/h/i/j/{jId} getABCDEFGHIJByJId 200',
    'get /companies/{companyId}/addresses/main/boxes/{boxId}.json getCompaniesAddressesMainBoxesByBoxIdJson 200',
    'post /companies/{companyId}/addresses/main/boxes/{boxId}:open postCompaniesAddressesMainBoxesByBoxIdOpen 202',
    'get /internal/status getInternalStatus 200',
    'post /orders/{orderId}/invoices postOrdersInvoices 201',
    'get /orders/{orderId}/invoices/{invoiceId} getOrdersInvoicesByInvoiceId 200 404',
    'get /status getStatus 200',
    'get /tickets/{date}/{email} getTicketsByEmail 200',
    'get /v1/status getV1Status 200',
    'get /warehouse/Users({key})/lines getWarehouseUsersKeyLines 200',
  ])
  assert.deepEqual(paths['/v1/status']?.servers, [{ url: '/' }])
  assert.deepEqual(paths['/orders/{orderId}/invoices/{invoiceId}']?.parameters, [
    { name: 'orderId', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'invoiceId', in: 'path', required: true, schema: { type: 'integer' } },
  ])
})

test('given to the catalog, the suggestions declare the traffic that they were made of', async () => {
  const log = writeLog('circle.ndjson', served)
  const files = writeSuggestions(suggestDocuments(await compare(log), { minRequests: 1 }), join(folder, 'suggested'))
  const { result } = await compare(log, { openapi: [join(root, 'examples/openapi'), ...files] })
  assert.deepEqual(result.findings.filter(({ kind }) => kind !== 'unused-operation'), [])
  assert.throws(() => writeSuggestions([{ service: 'orders', document: {} }], join(folder, 'suggested')), { code: 'FOLDER_UNUSABLE', message: /exists/ })
})
