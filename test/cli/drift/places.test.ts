import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CatalogOptions } from '../../../services/cli/catalog-options.ts'
import { driftInLogs } from '../../../services/cli/drift/from-logs.ts'
import { locateFindings } from '../../../services/cli/drift/places.ts'
import { openLog } from '../../../services/cli/report/records.ts'
import type { SarifFinding } from '../../../services/cli/sarif.ts'
import { temporaryFolder } from '../../folder.ts'
import { apiDocument, serveDocuments } from '../../processor/document-server.ts'
import { logLine } from './traffic.ts'

const folder = temporaryFolder()

test('an undeclared method below a second base path points at the path that declares the others', async () => {
  const document = join(folder, 'users.yaml')
  const lines = ['openapi: 3.1.0', 'info: { title: orders, version: "1" }', 'servers: [{ url: /v2 }, { url: /legacy }]', 'paths:', '  /users:',
    '    get: { responses: {} }', '  /users/{id}:', '    get: { responses: {} }', 'x-service: orders']
  writeFileSync(document, `${lines.join('\n')}\n`)
  const found = await locate('/legacy/users/7', { openapi: [document] })
  assert.deepEqual([found?.rule, found?.file.endsWith('users.yaml'), found?.line], ['undeclared-method', true, 7])
})

test('a document behind a URL has lines, too', async (t) => {
  const { url } = await serveDocuments(t, { '/orders.yaml': apiDocument('Orders', '/users', '/users/{id}') })
  const found = await locate('/users/7', { openapi: [`${url}/orders.yaml`] })
  assert.deepEqual([found?.file, found?.line], [`${url}/orders.yaml`, 5])
})

test('a document inside an entity has the lines of the file around it', async () => {
  const entities = join(folder, 'catalog-info.yaml')
  const inline = apiDocument('Orders', '/users', '/users/{id}').replace(/^/gm, '    ')
  const entity = (kind: string, spec: string): string => `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: { name: orders }\nspec:\n${spec}`
  writeFileSync(entities, `${entity('System', '  owner: o\n')}---\n${entity('API', `  type: openapi\n  definition: |\n${inline}`)}`)
  const found = await locate('/users/7', { backstage: [entities] })
  assert.deepEqual([found?.file.endsWith('catalog-info.yaml'), found?.line], [true, 17])
})

/** Where a PUT that no document declares is found. */
async function locate (uri: string, options: CatalogOptions): Promise<SarifFinding | undefined> {
  const log = join(folder, 'access.ndjson')
  writeFileSync(log, `${logLine(1, { uri, method: 'PUT', time: Date.UTC(2026, 7, 20) })}\n`)
  const fixed = { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'never' } as const
  const { result, declared } = await driftInLogs([openLog(log)], { ...fixed, ...options, kind: ['undeclared-method'] })
  return locateFindings(result.findings, declared, 'catalog')[0]
}
