import type { HeldEntity } from './entity.ts'

// A Backstage that lost its database is back within minutes, entity by entity.
const graceMs = 3_600_000
const fewEntities = 10

/**
 * The entities to use: those that were found, and those that went missing together with more than half of the catalog.
 * Single entities may be deleted any time, but nobody deletes half of a catalog: it is a Backstage that is being filled
 * again, or a token that lost its rights. They are kept until they are back, or missing for an hour. `now` is epoch ms.
 */
export function withMissing (
  found: ReadonlyMap<string, HeldEntity>, previous: ReadonlyMap<string, HeldEntity>, now: number
): Map<string, HeldEntity> {
  const lost = [...previous].filter(([ref]) => !found.has(ref))
  const isMass = lost.length > Math.max(fewEntities, previous.size / 2)
  const kept = lost.flatMap(([ref, held]): Array<[string, HeldEntity]> => {
    const missingSince = held.missingSince ?? (isMass ? now : -Infinity)
    return now - missingSince < graceMs ? [[ref, { ...held, missingSince }]] : []
  })
  return new Map([...found, ...kept].sort(([left], [right]) => left < right ? -1 : 1))
}
