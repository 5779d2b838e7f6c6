/** Everything that can be found odd in a catalog beyond what reading and compiling report: for `validate`, not for traffic. */
import type { ApiDocument, ParameterValues, Problem } from '../endpoint.ts'
import { declare } from '../forms.ts'
import type { Declared } from '../forms.ts'
import { compile, isRead } from '../normalizer.ts'
import type { CompileOptions } from '../normalizer.ts'
import { indexSuccessors, lintOperations } from './operations.ts'
import { lintReach, reach } from './reach.ts'
import type { Probe } from './reach.ts'
import { createLeads, lintRoutes } from './routes.ts'
import { freshValue } from './samples.ts'
import { subjectsOf } from './subjects.ts'
import { lintValues } from './values.ts'

/**
 * Findings across documents, base paths, hosts and gateway routes, and about what documents leave out; those of reading
 * and compiling are not repeated. Time is linear in the number of operations and documented values. Never throws.
 */
export function lintCatalog (apis: readonly ApiDocument[], options: CompileOptions = {}): Problem[] {
  const documents = Array.isArray(apis) ? apis.filter(isRead) : []
  const successors = indexSuccessors(documents)
  return [...documents.flatMap((api) => lintOperations(api, successors)), ...lintReachable(documents, options ?? {})]
}

function lintReachable (apis: readonly ApiDocument[], { gateway }: CompileOptions): Problem[] {
  const declared = declare(apis)
  const plain = compile(apis)
  const probe: Probe = { match: plain.match, fresh: freshValue(declared.branches), depth: depthOf(declared) }
  const leads = createLeads(gateway, probe.fresh, gateway === undefined ? plain.match : compile(apis, { gateway }).match)
  const documented = valuesOf(apis)
  return subjectsOf(declared).flatMap((subject) => {
    const reached = reach(probe, subject)
    const led = leads(subject)
    return [
      // What the gateway keeps apart is apart.
      ...led === true ? [] : lintReach(subject, reached),
      ...lintValues(probe, subject, reached, documented.get(subject.endpoint.source + subject.endpoint.where) ?? []),
      ...led === false && reached.request !== undefined ? [lintRoutes(subject)] : [],
    ]
  })
}

function depthOf ({ branches }: Declared): number {
  return branches.reduce((most, { form }) => Math.max(most, form.segments.length), 0)
}

function valuesOf (apis: readonly ApiDocument[]): Map<string, readonly ParameterValues[]> {
  return new Map(apis.flatMap((api) => api.paths.flatMap((path) => path.operations.flatMap(({ endpoint, values }) =>
    values === undefined ? [] : [[endpoint.source + endpoint.where, values] as const]))))
}
