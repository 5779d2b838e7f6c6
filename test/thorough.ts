/**
 * What is long by nature: `npm test` tries a sample of it, the integration run (`thorough.integration.test.ts`) all of it.
 */
export const isThorough = process.env.GATELENS_THOROUGH === '1'

/** All in the integration run, else the one whose turn it is. */
export function inTurn<T> (all: readonly T[], turn: number): readonly T[] {
  const at = turn % all.length
  return isThorough ? all : all.slice(at, at + 1)
}
