/**
 * Operations that no request reaches, or that two documents claim. The matcher itself is asked, with the request that
 * suits the operation best: if that one goes elsewhere, every one does.
 */
import type { Endpoint, Form, Match, MatchRequest, Problem } from '../endpoint.ts'
import { shapeOf } from '../template.ts'
import { spansOf, writeHost, writePath } from './samples.ts'
import { askedMethod, nameOf } from './subjects.ts'
import type { Subject } from './subjects.ts'

/** What probing takes. */
export interface Probe {
  match (request: MatchRequest): Match
  fresh: string
  /** Most segments of a template that has a fixed number of them. */
  depth: number
}

/** What became of the requests written for one operation. */
export interface Reached {
  /** A request that it answers, and what had to be left out or added for that. */
  request: MatchRequest | undefined
  by: 'path' | 'service' | 'stripped'
  form: Form | undefined
  /** The first answer that was not it, or not it alone, and what was asked. */
  contested: Match | undefined
  asked: MatchRequest | undefined
}

/** Most requests that are tried for one operation before it counts as unreachable, and to find it contested. */
const most = 512
const few = 16

/**
 * Asks for one operation at each of its hosts and base paths; then by the name of its service, too; then without its base
 * path, as behind a gateway that strips it.
 */
export function reach (probe: Probe, subject: Subject): Reached {
  const result: Reached = { request: undefined, by: 'path', form: undefined, contested: undefined, asked: undefined }
  let tries = 0
  for (const { request, form } of requestsFor(probe, subject, subject.full)) {
    if (tries++ >= (result.request === undefined ? most : few)) break
    const match = probe.match(request)
    if (match.endpoint !== subject.endpoint) {
      result.asked ??= request
      result.contested ??= match
    } else if (result.request === undefined) {
      result.request = request
      result.form = form
    }
  }
  if (result.request !== undefined) return result
  return { ...result, ...hardly(probe, subject, 'service') ?? hardly(probe, subject, 'stripped') }
}

function hardly (probe: Probe, subject: Subject, by: 'service' | 'stripped'): Partial<Reached> | undefined {
  const { service } = subject.endpoint
  for (const { request, form } of requestsFor(probe, subject, by === 'service' ? subject.full : subject.stripped)) {
    for (const asked of by === 'service' ? [{ ...request, service }] : [request, { ...request, service }]) {
      if (probe.match(asked).endpoint === subject.endpoint) return { request: asked, form, by }
    }
  }
  return undefined
}

interface Written { request: MatchRequest, form: Form }

function * requestsFor (probe: Probe, { endpoint, mount }: Subject, forms: readonly Form[]): Generator<Written> {
  const method = askedMethod(endpoint)
  const fill = (): string => probe.fresh
  for (const form of forms) {
    const greedy = form.segments.filter(({ kind }) => kind === 'greedy').length
    for (const spans of spansOf(greedy, probe.depth + 2, most)) {
      const path = writePath(form, fill, spans)
      for (const declared of mount.hosts) {
        const host = writeHost(declared)
        yield { request: host === undefined ? { method, path } : { method, path, host }, form }
      }
    }
  }
}

/** The finding about one operation, if there is one. */
export function lintReach (subject: Subject, reached: Reached): Problem[] {
  const { request, by, contested } = reached
  if (contested === undefined) return []
  const { endpoint } = subject
  const winner = contested.endpoint
  if (winner === undefined) return request === undefined ? [finding('unreachable-operation', endpoint, unmatched(endpoint))] : []
  const inside = winner.source === endpoint.source
  if (inside && ((request !== undefined && by === 'path') || isSameShape(subject, contested))) return []
  if (!inside && isCopy(endpoint, winner, contested, subject)) return [finding('repeated-operation', endpoint, repeated(endpoint, winner))]
  if (request !== undefined) return [finding('ambiguous-operation', endpoint, ambiguous(endpoint, winner, reached))]
  return [finding('unreachable-operation', endpoint, inside ? covered(subject, winner) : claimed(endpoint, winner))]
}

/** The finding `same-shape` tells of these already. */
function isSameShape ({ record, full }: Subject, { form }: Match): boolean {
  if (record.suffixed || form === undefined) return false
  const shape = shapeOf(form.segments, form.slash)
  return full.some(({ segments, slash }) => shapeOf(segments, slash) === shape)
}

/** The same operation, written down twice: which of the two is counted makes no difference. */
function isCopy (endpoint: Endpoint, winner: Endpoint, { form }: Match, { full }: Subject): boolean {
  return winner.service === endpoint.service && winner.operationId === endpoint.operationId && winner.method === endpoint.method &&
    full.some(({ label }) => label === form?.label)
}

function unmatched (endpoint: Endpoint): string {
  return `${nameOf(endpoint)} can never be matched: no request target fits the template. Write the key as a path that begins with a slash.`
}

function covered ({ endpoint, record }: Subject, winner: Endpoint): string {
  const why = record.suffixed
    ? `without what follows its path it is the path of ${nameOf(winner)}, which goes first`
    : `${nameOf(winner)} accepts the same paths and goes first`
  return `${nameOf(endpoint)} can never be matched: ${why}. Give it a path of its own, or describe both as one operation.`
}

function claimed (endpoint: Endpoint, winner: Endpoint): string {
  return `${nameOf(endpoint)} can never be matched: ${nameOf(winner)} of ${winner.source} accepts the same paths at the same servers, ` +
    'and both documents are of one service. Delete one of them, or give the documents different servers or services.'
}

function repeated (endpoint: Endpoint, winner: Endpoint): string {
  return `${nameOf(endpoint)} is declared by ${winner.source}, too, with the same service and operationId; that one is used. Load one of the documents only.`
}

function ambiguous (endpoint: Endpoint, winner: Endpoint, { contested, asked, by }: Reached): string {
  const place = asked?.host === undefined ? 'where no host tells them apart' : `at ${asked.host}`
  const taken = contested?.outcome === 'ambiguous' ? 'so that they count as ambiguous' : 'which takes them'
  const apart = {
    path: 'Only its other servers are its own',
    service: `Only a record that names the service ${endpoint.service} is clear`,
    stripped: 'Only without its base path is it reached',
  }
  return `Requests for ${nameOf(endpoint)} fit ${nameOf(winner)} of ${winner.source} as well ${place}, ${taken}. ${apart[by]}: ` +
    'give the documents different hosts or base paths, or name the gateway\'s routes with --kong.'
}

function finding (code: 'unreachable-operation' | 'ambiguous-operation' | 'repeated-operation', { source, where }: Endpoint, message: string): Problem {
  return { severity: code === 'unreachable-operation' ? 'error' : 'warning', code, message, source, where }
}
