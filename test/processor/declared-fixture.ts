import type { ClickHouseClient } from '@clickhouse/client'
import type { Endpoint } from '../../normalizer/index.ts'

export type DeclaredRow = Pick<Endpoint, 'service' | 'api' | 'method' | 'template' | 'route' | 'operationId' | 'deprecated' | 'statuses'>

/** Writes endpoints as the catalog in use. */
export async function insertDeclared (client: ClickHouseClient, database: string, endpoints: readonly DeclaredRow[]): Promise<void> {
  const values = endpoints.map(({ service, api, method, template, route, operationId, deprecated, statuses }) =>
    ({ service, api, method, template, route, operation_id: operationId, deprecated, statuses, digest: 'one' }))
  await client.insert({ table: `${database}.catalog_endpoints`, values, format: 'JSONEachRow' })
}
