/** Why a request resolved as it did: every template that fits, and the rule that chose among them. */
import type { Leaf } from './branch.ts'
import type { Candidate, Explanation, Match, MatchRequest } from './endpoint.ts'
import type { Searcher } from './search.ts'

const most = 100

/** Explains a match. The candidates are what fits the compared path by shape, at most 100, in the order of the search. */
export function explainMatch (request: MatchRequest, match: Match, searcher: Searcher, method: number): Explanation {
  const candidates: Candidate[] = []
  const seen = new Set<string>()
  if (match.outcome !== 'malformed' && searcher.scan(match.path === '' ? request.path : match.path)) {
    searcher.each((leaf, slash) => {
      const candidate = toCandidate(match, leaf, slash, method)
      const key = `${candidate.endpoint.source} ${candidate.endpoint.where} ${candidate.route}`
      if (seen.has(key) || candidates.length >= most) return
      seen.add(key)
      candidates.push(candidate)
    })
  }
  candidates.sort((a, b) => Number(b.outcome === 'winner') - Number(a.outcome === 'winner'))
  return { match, rule: ruleOf(match, candidates.length), candidates }
}

function toCandidate (match: Match, leaf: Leaf, slash: boolean, method: number): Candidate {
  const endpoint = leaf.record.byMethod[method] ?? leaf.record.path
  const winner = match.form === leaf.form && match.endpoint === endpoint
  return {
    endpoint,
    route: leaf.form.label,
    outcome: winner ? 'winner' : 'loser',
    reason: winner ? winnerReason(match) : loserReason(match, leaf, slash, endpoint.method === ''),
  }
}

function winnerReason (match: Match): string {
  const notes = [scopeNote(match)]
  if (match.stripped) notes.push('fits without its base path')
  if (match.slash) notes.push('fits but for the trailing slash')
  if (match.tag === 'head') notes.push('its GET answers HEAD')
  return notes.join('; ')
}

function scopeNote (match: Match): string {
  if (match.scope === 'gateway') return `the gateway route ${match.gateway?.name ?? ''} leads to its document`
  if (match.scope === 'service') return 'the request names its service'
  if (match.scope === 'host') return 'its document fits the host'
  return match.scope === 'rescue' ? 'the only document that declares the path, for other hosts' : 'fits the path'
}

function loserReason (match: Match, leaf: Leaf, slash: boolean, undeclared: boolean): string {
  if (match.endpoint === undefined) return 'its document is served at other hosts'
  if (match.endpoint.source !== leaf.record.path.source && match.scope !== 'catalog') return 'another document is meant by host, gateway route or service'
  if (leaf.stripped === 1 && !match.stripped) return 'fits without its base path only; with base path wins'
  if (slash && !match.slash) return 'fits but for the trailing slash; the exact form wins'
  if (undeclared && match.tag === '' && match.outcome === 'matched') return 'does not declare the method, and is not more specific'
  return match.form?.label === leaf.form.label || match.sameShape || match.outcome === 'ambiguous'
    ? 'comes later among templates of the same shape, or is less specific'
    : 'is less specific: the leftmost difference decides, static before mixed before parameter'
}

function ruleOf (match: Match, candidates: number): string {
  if (match.outcome === 'malformed') return 'rule 1: the target is no path'
  if (match.outcome === 'unmatched') return 'no declared template fits'
  if (match.outcome === 'method_not_declared') return 'rule 5: the path is chosen before the method, and does not declare it'
  if (match.outcome === 'ambiguous') return 'rule 8: templates of the same shape from different documents, and nothing tells them apart; the first was taken'
  if (match.tag === 'options') return 'rule 5: OPTIONS on a declared path'
  if (match.sameShape) return 'rule 8: templates of the same shape; the first was taken'
  if (match.scope === 'gateway' || match.scope === 'service') return 'rule 3: the gateway route or service names the document'
  if (candidates > 1 && match.scope === 'host') return 'rule 2: host and base path first'
  return candidates > 1 ? 'rule 4: the leftmost difference decides, static before mixed before parameter' : 'rule 4: the only template that fits'
}
