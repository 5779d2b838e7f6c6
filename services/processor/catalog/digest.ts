import { createHash } from 'node:crypto'
import type { ApiDocument, GatewayMap } from '../../../normalizer/index.ts'
import { claimedConsumers, packOwners } from './partners/partners.ts'
import type { KnownConsumer, Partner } from './partners/partners.ts'
import type { Service } from './service.ts'

/** What a catalog says of requests, wherever its documents stand. */
export interface Declarations {
  documents: readonly ApiDocument[]
  gateway: GatewayMap | undefined
  services: ReadonlyMap<string, Service>
  aliases: ReadonlyMap<string, string>
  partners: readonly Partner[]
  /** Of the gateway; those that no partner claims and that have no credentials change nothing. */
  consumers: readonly KnownConsumer[]
}

/**
 * 32 hex digits over all that decides what becomes of a request: two catalogs with the same digest give it the same
 * route, service, owner and partner. Where the documents stand is not part of it, nor is what they say of bodies.
 */
export function digestCatalog ({ documents, gateway, services, aliases, partners, consumers }: Declarations): string {
  const hash = createHash('sha256')
  const add = (value: unknown): void => { hash.update(`${JSON.stringify(value)}\n`) }
  for (const { service, api, apiVersion, paths } of documents) {
    add([service, api, apiVersion])
    for (const { template, greedy, servers, operations } of paths) {
      add([template, greedy, servers])
      for (const { endpoint: { method, operationId, deprecated, statuses }, servers: own } of operations) {
        add([method, operationId, deprecated, statuses, own === servers ? [] : own])
      }
    }
  }
  add(gateway?.rules ?? [])
  for (const service of services.values()) add(service)
  add([...aliases])
  add(partners)
  for (const consumer of claimedConsumers(partners, consumers)) add(consumer)
  add(packOwners(consumers))
  return hash.digest('hex').slice(0, 32)
}
