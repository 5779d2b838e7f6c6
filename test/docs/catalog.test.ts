import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { processorSchema } from '../../services/processor/config.ts'
import { metrics } from '../../services/processor/observe/metrics.ts'
import { parseConfig } from '../../services/runtime/config.ts'
import { packageRoot } from '../../services/runtime/package.ts'

const guide = readFileSync(join(packageRoot, 'docs/catalog.md'), 'utf8')

test('the example of the catalog guide is a valid configuration', () => {
  const example = /```yaml\n([^]*?)```/.exec(guide)?.[1] ?? ''
  const { catalog } = parseConfig({ path: 'docs/catalog.md', text: `input: { type: file, paths: [a] }\n${example}` }, processorSchema)
  assert.deepEqual([catalog.openapi.length, catalog.backstage.length, catalog.refresh.remote], [5, 2, 300_000])
})

test('the catalog guide names only series that exist', () => {
  const named = guide.match(/gatelens_catalog_\w+/g) ?? []
  assert.deepEqual(named.filter((name) => !(name in metrics)).filter((name) => !name.startsWith('gatelens_catalog_endpoints_')), [])
})
