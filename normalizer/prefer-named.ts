/** Rule 3 for route names that carry a template: of the declared candidates, the one that the gateway names. */
import type { Leaf } from './branch.ts'
import type { Match, MatchRequest } from './endpoint.ts'
import { HEAD } from './forms.ts'
import { createNamedRoutes, likenessTo, mayDecide } from './named-route.ts'
import type { NamedRoute } from './named-route.ts'
import type { Searcher } from './search.ts'
import type { Filter } from './select.ts'

/** Gives the match of the candidate that the route's name means, or the match as it was. The path must be the one scanned last. */
export type PreferNamed = (request: MatchRequest, method: number, match: Match) => Match

/** Prepares {@link PreferNamed} over a searcher and the filter that its last search was narrowed by. */
export function createPreferNamed (searcher: Searcher, filter: Filter): PreferNamed {
  const read = createNamedRoutes()
  return (request, method, match) => {
    const route = read(request.route)
    if (!mayDecide(route, request, match)) return match
    const [best, rival] = candidates(searcher, filter, route, method, match.outcome === 'method_not_declared')
    if (best === undefined) return match
    if (best.leaf.form === match.form && match.outcome === 'matched') return { ...match, sameShape: false }
    const tied = rival !== undefined && rival.rank === best.rank && rival.leaf.record.document !== best.leaf.record.document
    return answer(match, best, method, tied)
  }
}

interface Candidate { leaf: Leaf, slash: boolean, rank: number }

function candidates (searcher: Searcher, filter: Filter, route: NamedRoute, method: number, undeclared: boolean): Candidate[] {
  const found: Candidate[] = []
  searcher.each((leaf, slash) => {
    const { mount, byMethod } = leaf.record
    if (filter.groups !== null && filter.groups.mask[mount] === 0) return
    const tier = filter.hosts === null ? 0 : filter.hosts.tiers[mount]!
    if (tier > filter.lastTier || (byMethod[method] === undefined && !undeclared)) return
    const likeness = likenessTo(route, leaf.form)
    if (likeness > 0) found.push({ leaf, slash, rank: likeness * 1000 - tier * 4 - (leaf.stripped | leaf.open) * 2 - Number(slash) })
  })
  return found.sort((a, b) => b.rank - a.rank)
}

function answer (match: Match, { leaf, slash }: Candidate, method: number, ambiguous: boolean): Match {
  const declared = leaf.record.byMethod[method]
  const endpoint = declared ?? leaf.record.path
  return {
    ...match,
    outcome: declared === undefined ? match.outcome : ambiguous ? 'ambiguous' : 'matched',
    endpoint,
    route: leaf.form.label,
    tag: method === HEAD && endpoint.method === 'GET' ? 'head' : '',
    scope: 'gateway',
    stripped: leaf.stripped === 1,
    slash,
    sameShape: false,
    form: leaf.form,
  }
}
