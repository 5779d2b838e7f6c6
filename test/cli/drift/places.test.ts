import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { driftInLogs } from '../../../services/cli/drift/from-logs.ts'
import { locateFindings } from '../../../services/cli/drift/places.ts'
import { openLog } from '../../../services/cli/report/records.ts'
import { temporaryFolder } from '../../folder.ts'
import { logLine } from './traffic.ts'

const folder = temporaryFolder()

test('an undeclared method below a second base path points at the path that declares the others', async () => {
  const document = join(folder, 'users.yaml')
  const log = join(folder, 'access.ndjson')
  const lines = ['openapi: 3.1.0', 'info: { title: orders, version: "1" }', 'servers: [{ url: /v2 }, { url: /legacy }]', 'paths:', '  /users:',
    '    get: { responses: {} }', '  /users/{id}:', '    get: { responses: {} }', 'x-service: orders']
  writeFileSync(document, `${lines.join('\n')}\n`)
  writeFileSync(log, `${logLine(1, { uri: '/legacy/users/7', method: 'PUT', time: Date.UTC(2026, 7, 20) })}\n`)
  const options = { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'never' } as const
  const { result, declared } = await driftInLogs([openLog(log)], { ...options, openapi: [document], kind: ['undeclared-method'] })
  const [found] = await locateFindings(result.findings, declared.operations, 'catalog')
  assert.deepEqual([found?.rule, found?.file.endsWith('users.yaml'), found?.line], ['undeclared-method', true, 7])
})
