/** What it takes to add a catalog source: one definition, and its place in the registry of all. It lives in files or behind a server. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Command } from 'commander'
import { z } from 'zod'
import type { BackstageApi } from '../../normalizer/index.ts'
import { addCatalogOptions, givenSources } from '../../services/cli/catalog-options.ts'
import { createCatalogSchema } from '../../services/processor/catalog/config.ts'
import { fetchJson } from '../../services/processor/catalog/fetching/fetch-json.ts'
import type { RemoteUnit } from '../../services/processor/catalog/fetching/remote-unit.ts'
import { catalogSources } from '../../services/processor/catalog/index.ts'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import type { LoadedCatalog } from '../../services/processor/catalog/load.ts'
import { digestOf } from '../../services/processor/catalog/reading/cache.ts'
import type { SourceFile } from '../../services/processor/catalog/reading/document.ts'
import { readCachedFile } from '../../services/processor/catalog/reading/cached-file.ts'
import { findFilesOrCached } from '../../services/processor/catalog/reading/files.ts'
import { isUrl } from '../../services/processor/catalog/reading/source-name.ts'
import { defineSource } from '../../services/processor/catalog/source.ts'
import type { PlacedApi } from '../../services/processor/catalog/source.ts'
import { serveDocuments } from '../processor/document-server.ts'
import { makeFolder } from '../processor/input/fixture.ts'

/** One team's entry in a list of products: `{ product, team, api }`, where `api` is an OpenAPI document. */
const product = z.object({ product: z.string(), team: z.string(), api: z.record(z.string(), z.unknown()) })

function unitOf (url: string): RemoteUnit<string> {
  return { source: 'products', key: `products ${url}`, label: url, intervalMs: undefined, options: url }
}

/** Lists of products, in JSON files or behind URLs. */
const products = defineSource({
  options: z.array(z.string()).default([]).describe('Lists of products: files or URLs.'),
  command: { value: '<path>', describe: 'lists of products', token: 'key', entry: (place, token) => token === undefined ? place : { url: place, token } },
  origins: (places) => places.map((place) => isUrl(place) ? unitOf(place) : { path: place, mayRefer: true }),
  read: async (places, context) => {
    const problems: Array<LoadedCatalog['problems'][number]> = []
    const apis: PlacedApi[] = []
    for (const place of places) {
      const files = isUrl(place) ? [] : await findFilesOrCached(place, context)
      const read = await Promise.all(files.map(async (found) => await readCachedFile(found, context, problems)))
      for (const file of read) if (typeof file === 'object') apis.push(...file.documents.flat().map((value) => placed(value, file)))
      if (!isUrl(place)) continue
      const listed = await context.remotes.read<unknown[]>(unitOf(place)) ?? []
      const problem = context.remotes.states.get(unitOf(place).key)?.problem
      if (problem !== undefined) problems.push(problem)
      apis.push(...listed.map((value) => placed(value, { path: place, documents: [], lineOf: () => 0 })))
    }
    const unsaid = { system: '', domain: '', lifecycle: '', contact: '' }
    return { apis, problems, services: apis.map(({ entity: { name, owner } }) => ({ name, owner, ...unsaid })) }
  },
  fetch: async ({ options: url }: RemoteUnit<string>, { policy, begin, signal }) => {
    const server = { headers: {}, maxBytes: policy.max_bytes, timeoutMs: policy.timeout, backoffMs: 1, begin, signal }
    const value = await fetchJson(new URL(url), server)
    return { value: z.array(product).parse(value), digest: digestOf(JSON.stringify(value)), changed: true }
  },
})

function placed (value: unknown, file: SourceFile): PlacedApi {
  return { entity: entityOf(value), place: { file, document: 0 } }
}

function entityOf (value: unknown): BackstageApi {
  const { product: name, team: owner, api: definition } = product.parse(value)
  const unsaid = { system: '', domain: '', lifecycle: '', location: '' }
  return { name, ref: `product:${name}`, type: 'openapi', owner, ...unsaid, definition, providers: [name] }
}

const sources = { ...catalogSources, products }
const schema = createCatalogSchema(sources)
const list = (name: string): string => JSON.stringify([
  { product: name, team: `team-${name}`, api: { openapi: '3.1.0', info: { title: name, version: '1' }, paths: { [`/${name}`]: { get: {} } } } },
])

async function load (base: string, config: object): Promise<LoadedCatalog> {
  return await loadCatalog(schema.parse(config), { base, sources })
}

test('a source that is added is a key of the configuration with options of its own', () => {
  assert.deepEqual(schema.parse({ products: ['a.json'] }).products, ['a.json'])
  assert.deepEqual(schema.parse({}).products, [])
  assert.equal(schema.safeParse({ products: 7 }).success, false)
  assert.equal(schema.safeParse({ product: [] }).success, false)
})

test('a source that is added is an option of every command, with a token for its server', () => {
  const command = addCatalogOptions(new Command(), sources).exitOverride()
  command.parse(['--products', '/a.json', '--products', 'https://shop.example/list', '--products-token', 'secret'], { from: 'user' })
  assert.deepEqual(givenSources(command.opts(), sources), { products: ['/a.json', { url: 'https://shop.example/list', token: 'secret' }] })
  assert.match(command.helpInformation(), /--products <path> +lists of products\n[^]*--products-token <text> +key for the URL of --products/)
  assert.deepEqual(givenSources(new Command().opts(), sources), {})
})

test('what an added source declares in a file and behind a URL counts as that of any other', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'own.json'), list('orders'))
  const server = await serveDocuments(t, { '/list.json': list('stock') })
  const catalog = await load(base, { products: ['own.json', `${server.url}/list.json`] })
  assert.deepEqual(catalog.problems, [])
  assert.deepEqual(catalog.endpoints.map(({ service, route }) => `${service} ${route}`).sort(), ['orders /orders', 'stock /stock'])
  assert.equal(catalog.services.get('stock')?.owner, 'team-stock')
})

test('what is wrong with an added source is a problem of its own, and the others load', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'broken.json'), '[{')
  writeFileSync(join(base, 'own.json'), list('orders'))
  const server = await serveDocuments(t, {})
  const catalog = await load(base, { products: ['broken.json', `${server.url}/away.json`, 'own.json'] })
  assert.deepEqual(catalog.problems.map(({ code }) => code), ['unreadable', 'fetch'])
  assert.deepEqual(catalog.endpoints.map(({ route }) => route), ['/orders'])
  await assert.rejects(load(base, { products: ['nowhere.json'] }), { code: 'CATALOG_EMPTY' })
})
