/** Values that a document itself names for a path parameter, and that lead to another operation all the same. */
import type { Endpoint, ParameterValues, Problem } from '../endpoint.ts'
import type { Probe, Reached } from './reach.ts'
import { writePath } from './samples.ts'
import { nameOf } from './subjects.ts'
import type { Subject } from './subjects.ts'

/** Values of one parameter beyond this many are not looked at. */
const most = 1000

/** Asks for a reachable operation with each documented value of each of its parameters. */
export function lintValues (
  probe: Probe, { endpoint }: Subject, { request, form }: Reached, documented: readonly ParameterValues[]
): Problem[] {
  if (request === undefined || form === undefined) return []
  return documented.flatMap((parameter) => {
    const lost = parameter.values.slice(0, most).flatMap((value) => {
      const path = writePath(form, (name) => name === parameter.name ? encodeURIComponent(value) : probe.fresh)
      const winner = probe.match({ ...request, path }).endpoint
      return winner === undefined || winner === endpoint ? [] : [{ value, winner }]
    })
    return lost.length === 0 ? [] : [toProblem(endpoint, parameter, lost)]
  })
}

interface Lost { value: string, winner: Endpoint }

function toProblem (endpoint: Endpoint, parameter: ParameterValues, lost: readonly Lost[]): Problem {
  // The name of a service in the record tells documents apart, so that what another document takes is not lost for good.
  const all = parameter.closed && lost.length === parameter.values.length && lost.every(({ winner }) => winner.source === endpoint.source)
  const first = lost[0]!
  const shown = lost.slice(0, 3).map(({ value }) => JSON.stringify(value)).join(', ') + (lost.length > 3 ? ` and ${lost.length - 3} more` : '')
  const other = first.winner.source === endpoint.source ? nameOf(first.winner) : `${nameOf(first.winner)} of ${first.winner.source}`
  const declares = first.winner.method === '' ? ', which does not declare the method' : ''
  const message = `${nameOf(endpoint)} names ${shown} as ${lost.length === 1 ? 'a value' : 'values'} of {${parameter.name}}, but such a request goes to ${other}${declares}. ` +
    (all ? 'No documented value is left: give it a path of its own.' : `Describe ${lost.length === 1 ? 'it' : 'them'} there only${declares === '' ? '' : ', or declare the method on that path, too'}.`)
  return { severity: all ? 'error' : 'warning', code: all ? 'unreachable-values' : 'shadowed-value', message, source: endpoint.source, where: endpoint.where }
}
