import { createHash } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'

/** What is declared, as far as the tables `catalog_endpoints` and `partners` hold it. */
export interface Declared {
  /** Stands for the endpoints: the same digest, the same endpoints. */
  digest: string
  endpoints: readonly DeclaredEndpoint[]
  partners: readonly DeclaredPartner[]
}

interface DeclaredEndpoint {
  service: string
  api: string
  apiVersion: string
  method: string
  template: string
  route: string
  operationId: string
  deprecated: boolean
  statuses: readonly string[]
}

interface DeclaredPartner {
  name: string
  tier: string
  owner: string
  contact: string
  quotas: Record<string, number | undefined>
  consumers: readonly string[]
}

/**
 * Writes the catalog in use to the store, so that queries can join what is declared with what was asked for. Writing it
 * again replaces it. A catalog without endpoints, or without partners, leaves what the store has.
 */
export async function publishDeclared (client: ClickHouseClient, database: string, declared: Declared): Promise<void> {
  const { digest, endpoints, partners } = declared
  await insert(client, `\`${database}\`.catalog_endpoints`, endpoints.map((endpoint) => {
    const { service, api, apiVersion, method, template, route, operationId, deprecated, statuses } = endpoint
    return { service, api, api_version: apiVersion, method, template, route, operation_id: operationId, deprecated, statuses, digest }
  }))
  const rows = partners.map(({ name, tier, owner, contact, quotas, consumers }) =>
    ({ name, tier, owner, contact, quotas, consumers }))
  const partnersDigest = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 32)
  await insert(client, `\`${database}\`.partners`, rows.map((row) => ({ ...row, digest: partnersDigest })))
}

async function insert (client: ClickHouseClient, table: string, values: object[]): Promise<void> {
  if (values.length === 0) return
  await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: { async_insert: 0 } })
}
