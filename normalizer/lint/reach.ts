/**
 * Operations that no request reaches, or that two documents claim. The matcher itself is asked, with the request that
 * suits the operation best: if that one goes elsewhere, every one does.
 */
import type { Endpoint, Form, Match, MatchRequest, Problem } from '../endpoint.ts'
import { shapeOf } from '../template.ts'
import { writeHost, writePath } from './samples.ts'
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
  /** A request that it answers; `service` is set when only the name of its service led there. */
  request: MatchRequest | undefined
  form: Form | undefined
  /** The first answer that was not it, and what was asked. */
  contested: Match | undefined
  asked: MatchRequest | undefined
}

/** Most requests that are tried for one operation before it counts as unreachable, and to find it contested. */
const most = 512
const few = 16

/** Asks for one operation at each of its hosts and base paths, then once more by the name of its service. */
export function reach (probe: Probe, subject: Subject): Reached {
  const result: Reached = { request: undefined, form: undefined, contested: undefined, asked: undefined }
  let tries = 0
  for (const { request, form } of requestsFor(probe, subject)) {
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
  return result.request === undefined ? byService(probe, subject, result) : result
}

function byService (probe: Probe, subject: Subject, result: Reached): Reached {
  for (const { request, form } of requestsFor(probe, subject)) {
    const named = { ...request, service: subject.endpoint.service }
    if (probe.match(named).endpoint === subject.endpoint) return { ...result, request: named, form }
  }
  return result
}

function * requestsFor (probe: Probe, { endpoint, mount, full }: Subject): Generator<{ request: MatchRequest, form: Form }> {
  const method = askedMethod(endpoint)
  const fill = (): string => probe.fresh
  for (const form of full) {
    const longest = form.segments.some(({ kind }) => kind === 'greedy') ? probe.depth + 2 : 1
    for (let spans = 1; spans <= longest; spans++) {
      const path = writePath(form, fill, spans)
      for (const declared of mount.hosts) {
        const host = writeHost(declared)
        yield { request: host === undefined ? { method, path } : { method, path, host }, form }
      }
    }
  }
}

/** The finding about one operation, if there is one. */
export function lintReach (subject: Subject, { request, contested, asked }: Reached): Problem[] {
  if (contested === undefined) return []
  const { endpoint } = subject
  const winner = contested.endpoint
  const unnamed = request !== undefined && request.service === undefined
  if (winner === undefined) return unnamed ? [] : [finding('unreachable-operation', endpoint, unmatched(endpoint))]
  if (winner.source === endpoint.source) {
    return request !== undefined || isSameShape(subject, contested) ? [] : [finding('unreachable-operation', endpoint, covered(subject, winner))]
  }
  if (isCopy(endpoint, winner, contested, subject)) return [finding('repeated-operation', endpoint, repeated(endpoint, winner))]
  return request === undefined
    ? [finding('unreachable-operation', endpoint, claimed(endpoint, winner))]
    : [finding('ambiguous-operation', endpoint, ambiguous(endpoint, winner, contested, asked?.host, unnamed))]
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

function ambiguous (endpoint: Endpoint, winner: Endpoint, { outcome }: Match, host: string | undefined, unnamed: boolean): string {
  const place = host === undefined ? 'where no host tells them apart' : `at ${host}`
  const taken = outcome === 'ambiguous' ? 'so that they count as ambiguous' : 'which takes them'
  const apart = unnamed ? 'Only its other servers are its own' : `Only a record that names the service ${endpoint.service} is clear`
  return `Requests for ${nameOf(endpoint)} fit ${nameOf(winner)} of ${winner.source} as well ${place}, ${taken}. ${apart}: ` +
    'give the documents different hosts or base paths, or name the gateway\'s routes with --kong.'
}

function finding (code: 'unreachable-operation' | 'ambiguous-operation' | 'repeated-operation', { source, where }: Endpoint, message: string): Problem {
  return { severity: code === 'unreachable-operation' ? 'error' : 'warning', code, message, source, where }
}
