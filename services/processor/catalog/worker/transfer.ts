/** Makes the result of a compile small for the thread that uses it, because traffic waits while that thread reads a message. */
import { buffersOf } from '../../../../normalizer/index.ts'
import type { Problem } from '../../../../normalizer/index.ts'
import type { RefreshResult } from './refresh.ts'

/** Most problems that are passed on; the others are only counted. "gatelens validate" tells all. */
const mostProblems = 200

/**
 * The result with few problems, errors first, and the buffers to transfer with it: they hold all that grows with the number of
 * operations, and the result has them no more after that.
 */
export function prepareTransfer ({ catalog, inputs, lost }: RefreshResult): { result: RefreshResult, transfer: ArrayBuffer[] } {
  if (catalog === undefined) return { result: { catalog, inputs, lost }, transfer: [] }
  const remote = new Set([...inputs.remotes.values()].map(({ problem }) => problem))
  const own = bySeverity(catalog.problems.filter((problem) => !remote.has(problem)))
  const cut = own.slice(mostProblems)
  const errors = cut.filter(isError).length
  // Problems of remote sources must stay the same objects as those in their states.
  const problems = [...catalog.problems.filter((problem) => remote.has(problem)), ...own.slice(0, mostProblems)]
  return {
    result: { catalog: { ...catalog, problems, cut: { errors, warnings: cut.length - errors } }, inputs, lost },
    transfer: buffersOf(catalog.prepared),
  }
}

function bySeverity (problems: readonly Problem[]): Problem[] {
  return [...problems.filter(isError), ...problems.filter((problem) => !isError(problem))]
}

function isError ({ severity }: Problem): boolean {
  return severity === 'error'
}
