/** Every template that fits a path, in the order in which the rules prefer them, each with what parts it from the winner. */
import type { Leaf } from '../branch.ts'
import { crosses } from '../crossing.ts'
import type { Candidate, Endpoint, Match, Segment } from '../endpoint.ts'
import type { Searcher } from '../search.ts'
import type { Filter } from '../select.ts'
import { foldKey, shapeOf, writeSegment } from '../template.ts'

/** What was asked and how the last search was narrowed. */
export interface Search {
  match: Match
  searcher: Searcher
  filter: Filter
  method: number
  /** The service that the record names. */
  service: string
}

/** All candidates, and what decided among them. `host` says how the winner's document fits the host. */
export interface Judgement { candidates: Candidate[], rule: string, host: string }

/** The candidates, the winner first, and the rule that parts the winner from the best of the others ('' without one). */
export function judge (search: Search): Judgement {
  const all = consider(search)
  const winner = all.find(({ leaf, endpoint }) => leaf.form === search.match.form && endpoint === search.match.endpoint)
  const others = all.filter((item) => item !== winner).sort(compare)
  if (winner === undefined) {
    return { candidates: others.slice(0, most).map((item) => toCandidate(item, 'loser', outcast(item))), rule: '', host: '' }
  }
  const verdicts = others.slice(0, most - 1).map((item) => ({ item, ...verdict(search, item, winner) }))
  return {
    candidates: [toCandidate(winner, 'winner', ''), ...verdicts.map(({ item, outcome, reason }) => toCandidate(item, outcome, reason))],
    rule: verdicts[0]?.rule ?? '',
    host: winnerTiers[winner.weights[tierAt]!]!,
  }
}

const most = 100

interface Considered {
  leaf: Leaf
  endpoint: Endpoint
  shape: string
  /** By which templates are compared, the weightiest first. */
  weights: number[]
}

function consider ({ match, searcher, filter, method }: Search): Considered[] {
  const found: Considered[] = []
  const shapes = new Map<string, number>()
  const seen = new Set<string>()
  searcher.each((leaf, slash) => {
    const { record, form } = leaf
    const endpoint = record.byMethod[method] ?? record.path
    const key = `${record.document} ${endpoint.where} ${form.label} ${record.mount}`
    if (seen.has(key) && form !== match.form) return
    seen.add(key)
    const shape = shapeOf(form.segments, form.slash)
    shapes.set(shape, shapes.get(shape) ?? shapes.size)
    const tier = filter.hosts === null ? 0 : filter.hosts.tiers[record.mount]!
    found.push({
      leaf,
      endpoint,
      shape,
      weights: [
        Number(filter.groups !== null && filter.groups.mask[record.mount] === 0),
        Number(filter.basedOnly && leaf.based === 0),
        Number(tier > filter.lastTier),
        tier,
        leaf.stripped | leaf.open,
        Number(slash),
        shapes.get(shape)!,
        Number(record.byMethod[method] === undefined),
        leaf.derived,
        Number(foldKey(record.path.template).suffixed),
        found.length,
      ],
    })
  })
  return found
}

function compare (a: Considered, b: Considered): number {
  const at = difference(a, b)
  return at < 0 ? 0 : a.weights[at]! - b.weights[at]!
}

function difference (a: Considered, b: Considered): number {
  return a.weights.findIndex((weight, index) => weight !== b.weights[index])
}

interface Criterion { rule: string, reason (loser: Considered, winner: Considered, search: Search): string }

const hostRule = 'rule 2: host and base path first'
const nameRule = 'rule 3: the gateway route or service names the document'

/** What the tiers of hosts say of the winner, and of a loser. */
const winnerTiers = [
  'its document declares the host', 'its document declares the host with a wildcard or without a port', 'its document declares no host', 'its document is served at other hosts',
]
const tierReasons = [
  '', 'its document declares the host with a wildcard or without a port only', 'its document declares no host', 'its document is served at other hosts',
]
const tierAt = 3
const derivedAt = 8

/** In the order of the weights. */
const criteria: readonly Criterion[] = [
  {
    rule: nameRule,
    reason: (_, __, { match, service }) =>
      `${match.scope === 'gateway' ? `the gateway route ${match.gateway?.name ?? ''}` : `the service ${service}`} means another document`,
  },
  { rule: nameRule, reason: () => 'the gateway strips a prefix here, so that the path as it was sent counts below a base path only' },
  { rule: hostRule, reason: () => 'its document is served at other hosts' },
  { rule: hostRule, reason: ({ weights }) => tierReasons[weights[tierAt]!]! },
  {
    rule: hostRule,
    reason: ({ leaf }) => leaf.open === 1
      ? 'its base path begins with a variable of any value; a base path that is written out wins'
      : 'fits without its base path only; with base path wins',
  },
  { rule: 'rule 4: the exact form goes before one with another trailing slash', reason: () => 'fits but for the trailing slash; the exact form wins' },
  { rule: 'rule 4: the leftmost difference decides, static before mixed before parameter', reason: (loser, winner) => lessSpecific(loser.leaf.form.segments, winner.leaf.form.segments) },
  { rule: 'rule 5: of templates of one shape, the one that declares the method', reason: () => 'has the same shape, but does not declare the method' },
  { rule: 'rule 7: a parameter of one segment goes before one that may span several', reason: () => 'has the same shape, as a parameter that may span segments' },
  { rule: 'rule 7: a key without a suffix goes first', reason: () => 'has the same shape; what follows its path is no part of it' },
  { rule: 'rule 8: templates of the same shape; the first was taken', reason: () => 'has the same shape, and comes later' },
]

interface Verdict { outcome: Candidate['outcome'], rule: string, reason: string }

function verdict (search: Search, loser: Considered, winner: Considered): Verdict {
  if (compare(loser, winner) < 0) return { outcome: 'loser', ...overruling(loser, winner) }
  const { reason, rule } = criteria[Math.max(0, difference(loser, winner))]!
  return search.match.outcome === 'ambiguous' && isRival(loser, winner)
    ? { outcome: 'rival', rule, reason: 'has the same shape, and nothing tells it from the first' }
    : { outcome: 'loser', rule, reason: reason(loser, winner, search) }
}

/** Of another document and as good but for its place; the same operation of the same service is no contradiction. */
function isRival (loser: Considered, winner: Considered): boolean {
  const [a, b] = [loser.endpoint, winner.endpoint]
  return difference(loser, winner) > derivedAt && loser.leaf.record.document !== winner.leaf.record.document &&
    (a.service !== b.service || a.operationId !== b.operationId || loser.leaf.form.label !== winner.leaf.form.label)
}

/** Why a candidate lost although the rules that compare templates prefer it. */
function overruling ({ leaf: { record, form: own } }: Considered, { leaf }: Considered): Pick<Verdict, 'rule' | 'reason'> {
  if (record.document === leaf.record.document && record.path.template === leaf.record.path.template) {
    return { rule: 'rule 5: the same path declares the method at other servers', reason: 'the same path, but it declares the method at other servers only' }
  }
  if (crosses(leaf.form.segments, own.segments)) {
    return { rule: 'rule 5: of templates that cross, the one that declares the method', reason: 'crosses the winner, and does not declare the method' }
  }
  return { rule: 'rule 3: the name of the gateway\'s route carries the template', reason: 'the name of the gateway\'s route carries another template' }
}

/** Nothing matched: hosts are all that can keep a fitting template out then. */
function outcast ({ weights }: Considered): string {
  return weights[tierAt] === 3 ? 'its document is served at other hosts' : 'another path was compared'
}

function toCandidate ({ endpoint, leaf }: Considered, outcome: Candidate['outcome'], reason: string): Candidate {
  return { endpoint, route: leaf.form.label, outcome, reason }
}

/** The first segment that differs, and what stands there in both. */
function lessSpecific (loser: readonly Segment[], winner: readonly Segment[]): string {
  const at = winner.findIndex((segment, index) => nameOf(segment) !== nameOf(loser[index]) || segment.kind !== loser[index]?.kind)
  if (at < 0) return 'is less specific: it needs a parameter that spans segments'
  return `is less specific at segment ${at + 1}: ${kindOf(loser[at])} after ${kindOf(winner[at])}`
}

function nameOf (segment: Segment | undefined): string {
  return segment === undefined ? '' : shapeOf([segment], false)
}

function kindOf (segment: Segment | undefined): string {
  if (segment === undefined) return 'nothing'
  const text = writeSegment(segment)
  return segment.kind === 'static' ? `the word ${text}` : `the ${segment.kind === 'mixed' ? 'mixed segment' : 'parameter'} ${text}`
}
