/** Why a request resolved as it did: how its target was cut, every template that fits, and the rule that chose among them. */
import type { Candidate, Endpoint, Explanation, Match, MatchRequest } from './endpoint.ts'
import { judge } from './explain/candidates.ts'
import { findNearest } from './explain/nearest.ts'
import { explainSegments } from './explain/segments.ts'
import type { KnowsWord } from './known-word.ts'
import { explainTarget } from './explain/target.ts'
import type { ResolveRoute } from './gateway.ts'
import type { Searcher } from './search.ts'
import type { Filter } from './select.ts'

/** A match just made, and what it was made with: the filter is still that of the search that found it. */
export interface Explained {
  request: MatchRequest
  match: Match
  searcher: Searcher
  filter: Filter
  method: number
  gateway: ResolveRoute | null
  endpoints: readonly Endpoint[]
  knows: KnowsWord
}

/** Explains a match. The candidates are what fits the compared path by shape, at most 100, the winner first. */
export function explainMatch (explained: Explained): Explanation {
  const { request, match, searcher, filter, method } = explained
  const target = explainTarget(request?.path)
  const compared = match.path === '' ? target.path : match.path
  const service = textOf(request?.service)
  const fits = match.outcome !== 'malformed' && compared !== '' && searcher.scan(compared)
  const { candidates, rule, host } = fits ? judge({ match, searcher, filter, method, service }) : { candidates: [], rule: '', host: '' }
  const upstream = upstreamOf(explained, target.path, target.host)
  const unmatched = match.outcome === 'unmatched' && target.malformed === ''
  return {
    match,
    rule: ruleOf(match, target.malformed, candidates.length, rule, compared !== target.path),
    candidates: candidates.map((candidate) => candidate.outcome === 'winner' ? { ...candidate, reason: winnerReason(match, service, host) } : candidate),
    target,
    upstream,
    allowed: match.outcome === 'method_not_declared' ? allowedMethods(explained.endpoints, candidates) : [],
    nearest: unmatched && candidates.length === 0 ? findNearest(searcher.leaves, upstream || target.path) : undefined,
    inferred: unmatched ? explainSegments(target.path, explained.knows) : [],
  }
}

function textOf (value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The path as the gateway's route hands it to the service; '' without a route. */
function upstreamOf ({ request, match, gateway }: Explained, path: string, authority: string): string {
  if (gateway === null || match.gateway === undefined) return ''
  const host = authority === '' ? request.host : authority
  const named = gateway(request, host, path)
  if (named?.route === match.gateway) return named.upstream
  const unnamed = gateway({ ...request, service: '', route: '' }, host, path)
  return unnamed?.route === match.gateway ? unnamed.upstream : ''
}

/** Methods of the winning path, at whatever servers. */
function allowedMethods (endpoints: readonly Endpoint[], [winner]: readonly Candidate[]): string[] {
  if (winner === undefined) return []
  const { source, template } = winner.endpoint
  const declared = endpoints.filter((endpoint) => endpoint.source === source && endpoint.template === template)
  return [...new Set(declared.map(({ method }) => method))]
}

function winnerReason (match: Match, service: string, host: string): string {
  const notes = [scopeNote(match, service, host)]
  if (match.stripped) notes.push('fits without its base path')
  if (match.slash) notes.push('fits but for the trailing slash')
  if (match.tag === 'head') notes.push('its GET answers HEAD')
  return notes.join('; ')
}

function scopeNote (match: Match, service: string, host: string): string {
  if (match.scope === 'gateway' && match.gateway === undefined) return 'the name of the gateway\'s route carries its template'
  if (match.scope === 'gateway') return `the gateway route ${match.gateway?.name ?? ''} leads to its document`
  if (match.scope === 'service') return `the request names its service${service === '' ? '' : ` ${service}`}`
  if (match.scope === 'host') return host
  return match.scope === 'rescue' ? 'the only document that declares the path, for other hosts' : 'fits the path'
}

function ruleOf (match: Match, malformed: string, candidates: number, decisive: string, rewritten: boolean): string {
  if (match.outcome === 'malformed') return `rule 1: the target is no path: ${malformed}`
  if (match.outcome === 'unmatched' && candidates > 0) return 'rule 2: what fits is served at other hosts'
  if (match.outcome === 'unmatched') return `no declared template fits${malformed === '' ? '' : `: ${malformed}`}`
  if (match.outcome === 'method_not_declared') return 'rule 5: the path is chosen before the method, and does not declare it'
  if (match.outcome === 'ambiguous') return 'rule 8: templates of the same shape from different documents, and nothing tells them apart; the first was taken'
  if (match.tag === 'options') return 'rule 5: OPTIONS on a declared path'
  if (match.scope === 'rescue') return 'rule 2: no document of this host knows the path; one other declares it'
  if (decisive !== '') return decisive
  if (rewritten) return 'rule 3: the path as the gateway hands it on is the one that a template fits'
  if (match.stripped) return 'rule 2: the only template that fits, without its base path'
  if (match.slash) return 'rule 4: the only template that fits, but for the trailing slash'
  return match.tag === 'head' ? 'rule 5: the GET of the only template that fits answers HEAD' : 'rule 4: the only template that fits'
}
