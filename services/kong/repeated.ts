import { isObject, listOf, textOf } from '../../normalizer/catalog/references.ts'
import type { Json } from '../../normalizer/catalog/references.ts'

/** An entity whose name or id another one of its kind has, and where it stands. */
export interface Repeated { at: PropertyKey[], message: string }

/** Services, routes, consumers and upstreams of a declaration that are there twice, by name or by id; the second ones. */
export function repeatedEntities (root: Json): Repeated[] {
  const services = placed(root.services, ['services'])
  const nested = services.flatMap(({ entity, at }) => placed(entity.routes, [...at, 'routes']))
  return [
    ...repeated('services', services, 'name'),
    ...repeated('routes', [...nested, ...placed(root.routes, ['routes'])], 'name'),
    ...repeated('consumers', placed(root.consumers, ['consumers']), 'username'),
    ...repeated('upstreams', placed(root.upstreams, ['upstreams']), 'name'),
  ]
}

interface Placed { entity: Json, at: PropertyKey[] }

function placed (list: unknown, at: PropertyKey[]): Placed[] {
  return listOf(list).flatMap((entity, index) => isObject(entity) ? [{ entity, at: [...at, index] }] : [])
}

function repeated (kind: string, items: readonly Placed[], key: 'name' | 'username'): Repeated[] {
  const names = new Set<string>()
  const ids = new Set<string>()
  return items.flatMap(({ entity, at }) => {
    const name = textOf(entity[key])
    const id = textOf(entity.id)
    const isKnown = names.has(name) || ids.has(id)
    if (name !== '') names.add(name)
    if (id !== '') ids.add(id)
    return isKnown ? [{ at, message: `${kind} has "${name || id}" twice` }] : []
  })
}
