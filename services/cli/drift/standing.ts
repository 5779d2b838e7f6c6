/** Where places of an API document stand in its text: operations may be there by reference only. */
import { isBroken, readSource } from '../../processor/catalog/reading/document.ts'
import { memberOf, stepsOf } from '../../processor/catalog/reading/member.ts'
import { isUrl } from '../../processor/catalog/reading/source-name.ts'

/** Documents by their source as they are written, references not followed; those that are no files of their own are not there. */
export type Written = ReadonlyMap<string, unknown>

/** Reads the files among the sources once more. */
export async function readWritten (sources: Iterable<string>): Promise<Written> {
  const written = new Map<string, unknown>()
  for (const source of new Set(sources)) {
    if (source === '' || source.includes('#') || isUrl(source)) continue
    const file = await readSource(source)
    if (!isBroken(file)) written.set(source, file.documents[0])
  }
  return written
}

/**
 * The steps to a place with the references within the document followed; undefined for a place that is not in the document:
 * it stands in another, or nowhere. What stands beside a reference goes first.
 */
export function standingAt (document: unknown, steps: readonly string[]): string[] | undefined {
  return stand(document, steps, 0)?.at
}

interface Place { node: unknown, at: string[] }

const mostReferences = 100

function stand (document: unknown, steps: readonly string[], followed: number): Place | undefined {
  let place: Place | undefined = { node: document, at: [] }
  for (const step of steps) {
    for (; place !== undefined && memberOf(place.node, step) === undefined; followed++) {
      place = followed < mostReferences ? referred(document, memberOf(place.node, '$ref'), followed + 1) : undefined
    }
    if (place === undefined) return undefined
    place = { node: memberOf(place.node, step), at: [...place.at, step] }
  }
  return place
}

function referred (document: unknown, reference: unknown, followed: number): Place | undefined {
  return typeof reference === 'string' && reference.startsWith('#/') ? stand(document, stepsOf(decoded(reference.slice(1))), followed) : undefined
}

function decoded (fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}
