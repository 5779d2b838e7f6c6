import { isBroken } from '../reading/document.ts'
import type { Part, PartReader } from '../reading/parts.ts'
import { ReferenceWalk } from './reference-walk.ts'
import type { DeadReference, JsonObject } from './reference-walk.ts'

/** A document whose path items and parameters hold no references to elsewhere any more, and the references that led nowhere. */
export interface Resolved {
  document: JsonObject
  /** Those of parameters and responses once for each document, as many places may share them. */
  missing: DeadReference[]
  /** Places in the document itself where a reference led nowhere. */
  dead: ReadonlySet<string>
  /** Every other file or URL that was asked for, also in vain. */
  others: string[]
  /** Those that were read. */
  parts: ReadonlyMap<string, Part>
}

/**
 * Resolves the references of an OpenAPI document as far as routes need them: of paths, path items, operations, parameters and
 * responses. What stands below schemas, bodies and examples is not even looked at, so that the files there need not be read.
 * References that lead nowhere are told and left in place, as are those in a circle. The document stays as it is; what is changed
 * is copied.
 */
export async function resolveReferences (document: JsonObject, location: string, reader: PartReader): Promise<Resolved> {
  const parts = new Map<string, Part>()
  for (;;) {
    const walk = new ReferenceWalk(document, location, { parts, reader })
    const resolved = walk.run()
    if (walk.wanted.size === 0) {
      const dead = new Set(walk.dead.filter((item) => item.location === location).map(({ where }) => where))
      return { document: resolved, missing: once(walk.dead), dead, others: [...parts.keys()], parts }
    }
    // One after the other: memory holds one text at a time.
    for (const [wanted, reference] of walk.wanted) parts.set(wanted, await reader.read(wanted, reference))
  }
}

function once (dead: readonly DeadReference[]): DeadReference[] {
  const keyOf = ({ location, where, message, loss }: DeadReference): string => `${location} ${loss === 'operations' ? where : ''} ${message}`
  return [...new Map(dead.map((item) => [keyOf(item), item] as const).reverse()).values()].reverse()
}

/** The parts that can be used. */
export function readParts (parts: ReadonlyMap<string, Part>): Array<Exclude<Part, { message: string }>> {
  return [...parts.values()].flatMap((part) => isBroken(part) ? [] : [part])
}
