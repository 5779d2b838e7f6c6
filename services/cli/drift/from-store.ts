import { givenSources, loadOptionCatalog } from '../catalog-options.ts'
import { connectionOf, withClient } from '../connection.ts'
import { compareAll, hasLostDocuments } from './compare.ts'
import { createDeclared } from './declared.ts'
import type { Declared } from './declared.ts'
import type { Comparison, DriftOptions } from './options.ts'
import { checkSchema, newestDay, readOperations, readSeen, readUse } from './store.ts'
import type { DriftStore } from './store.ts'
import { dayText, readWindow } from './window.ts'
import { say } from '../outcome.ts'

const week = 7 * 86_400_000

/** Finds drift in what the store has counted. Throws SCHEMA_MISSING, STORE_UNREACHABLE, STORE_REFUSED. */
export async function driftInStore (options: DriftOptions): Promise<Comparison> {
  const window = readWindow(options, options.since ?? week, Date.now())
  const { database, cluster: _cluster, ...connection } = connectionOf(options)
  return await withClient(connection, async (client) => {
    const store: DriftStore = { client, database, services: options.service ?? [] }
    await checkSchema(store)
    const { declared, lost } = await declaredFor(store, options)
    const seen = await readSeen(store, window, declared.origin === 'stored' ? 'stored' : servicesWithDeprecated(declared))
    const use = options.kind?.includes('unused-operation') === false ? [] : await readUse(store, window)
    if (seen.length === 0) await sayWhere(store)
    return {
      seen,
      declared,
      result: {
        source: 'store',
        period: { from: dayText(window.from), to: dayText(window.to) },
        unusedDays: options.unusedDays,
        countedSince: use.length === 0 ? null : Math.min(...use.map((item) => item.first_seen)),
        operations: declared.operations.length,
        rejected: null,
        findings: compareAll({ seen, use, declared, until: window.to }, options),
      },
      unread: false,
      failed: lost,
    }
  })
}

/** What the command line names goes before what the processor loaded last. */
async function declaredFor (store: DriftStore, options: DriftOptions): Promise<{ declared: Declared, lost: boolean }> {
  const { service = [] } = options
  // Partners declare no operations.
  if (Object.keys(givenSources(options)).every((source) => source === 'partners')) {
    return { declared: createDeclared(await readOperations(store), 'stored'), lost: false }
  }
  const catalog = await loadOptionCatalog(options)
  const operations = catalog.endpoints.filter((endpoint) => service.length === 0 || service.includes(endpoint.service))
  return { declared: createDeclared(operations, 'given', catalog), lost: hasLostDocuments(catalog) }
}

/** Their routes may have other names than those that the requests were resolved to. */
function servicesWithDeprecated ({ operations }: Declared): string[] {
  return [...new Set(operations.filter((operation) => operation.deprecated).map(({ service }) => service))]
}

async function sayWhere (store: DriftStore): Promise<void> {
  const newest = await newestDay(store)
  const hint = newest === undefined ? 'the store has counted no requests yet' : `the newest request in the store is of ${newest}; try --to ${newest}`
  say(`note: no requests in this window; ${hint}`)
}
