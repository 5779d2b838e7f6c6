/** An explanation as text for people and as JSON. */
import type { Candidate, Explanation, TargetSteps } from '../../../normalizer/index.ts'
import { colors, formatText, left, renderTable, renderTitle, yielding } from '../terminal.ts'

/** An explanation with `file:line` of its candidates, in their order. */
export interface Located { method: string, url: string, explanation: Explanation, places: readonly string[] }

/** As text: what was found, how the target was read, every candidate, and the types of an undeclared path. */
export function renderExplanation (located: Located): string {
  const { method, url, explanation } = located
  const facts = factsOf(located).filter(([, text]) => text !== '')
  const head = [renderTitle(`${formatText(method)} ${formatText(url, 160)}`), ...facts.map(([label, text]) => `  ${colors.dim(label.padEnd(13))}${text}`)]
  return `${head.join('\n')}\n${renderCandidates(located)}${renderInferred(explanation)}`
}

/** As one JSON object. */
export function explanationJson ({ explanation, places }: Located): unknown {
  const { match, rule, candidates, target, upstream, allowed, nearest, inferred } = explanation
  const { endpoint } = match
  return {
    outcome: match.outcome,
    route: endpoint === undefined ? inferredRoute(explanation) : match.route,
    template: endpoint?.template ?? null,
    operationId: endpoint?.operationId || null,
    service: endpoint?.service || null,
    source: endpoint?.source ?? null,
    gateway_route: match.gateway?.name ?? null,
    upstream: upstream || null,
    scope: match.scope || null,
    compared: match.path || null,
    rule,
    target,
    allowed,
    nearest: nearest ?? null,
    inferred,
    candidates: candidates.map(({ endpoint: { method, template, service, source }, route, outcome, reason }, index) =>
      ({ outcome, method, route, template, service, source, place: places[index] ?? source, reason })),
  }
}

function factsOf ({ url, explanation, places }: Located): Array<[string, string]> {
  const { match, rule, target, allowed } = explanation
  const { endpoint } = match
  const inferred = inferredRoute(explanation)
  return [
    ['outcome', match.outcome === 'matched' ? colors.green(match.outcome) : colors.yellow(match.outcome)],
    ['route', formatText(endpoint !== undefined ? match.route : inferred === '' ? '' : `${inferred} (inferred)`)],
    ['operation', formatText(endpoint?.operationId ?? '')],
    ['document', endpoint === undefined ? '' : `${formatText(`${endpoint.api} ${endpoint.apiVersion}`.trim())}  ${colors.dim(formatText(places[0] ?? endpoint.source))}`.trim()],
    ['service', formatText(endpoint?.service ?? '')],
    ['methods', allowed.length === 0 ? '' : `${formatText(allowed.map((method) => method === '*' ? 'any' : method).join(', '))} (declared there)`],
    ['target', formatText(describeTarget(target), 400)],
    ['compared', match.path === '' || (match.path === target.path && match.path === url) ? '' : formatText(match.path, 200)],
    ['gateway', describeGateway(explanation)],
    ['decided by', formatText(rule, 1000)],
    ['nearest', describeNearest(explanation)],
  ]
}

function inferredRoute ({ match, inferred }: Explanation): string {
  return match.outcome === 'unmatched' && inferred.length > 0 ? `/${inferred.map(({ label }) => label).join('/')}` : ''
}

function describeTarget ({ scheme, host, query, fragment, changes }: TargetSteps): string {
  return [
    scheme === '' ? '' : `scheme ${scheme} and host ${host} were cut`,
    query === '' ? '' : 'the query was cut',
    fragment === '' ? '' : 'the fragment was cut',
    ...changes,
  ].filter((text) => text !== '').join('; ')
}

function describeGateway ({ match, upstream }: Explanation): string {
  if (match.gateway === undefined) return ''
  return `route ${formatText(match.gateway.name)} of service ${formatText(match.gateway.service)}${upstream === '' ? '' : `, which is asked for ${formatText(upstream, 200)}`}`
}

function describeNearest ({ nearest }: Explanation): string {
  if (nearest === undefined) return ''
  const { route, segment, expected, found } = nearest
  if (expected === '') return `${formatText(route)}, which ends before segment ${segment}, "${formatText(found)}"`
  return found === ''
    ? `${formatText(route)}, which goes on with segment ${segment}, ${formatText(expected)}`
    : `${formatText(route)}, which differs at segment ${segment}: ${formatText(expected)} instead of "${formatText(found)}"`
}

const marks: Readonly<Record<Candidate['outcome'], string>> = { winner: colors.green('▸'), rival: colors.yellow('='), loser: ' ' }

function renderCandidates ({ explanation: { candidates }, places }: Located): string {
  if (candidates.length === 0) return ''
  const rows = candidates.map(({ outcome, endpoint, route, reason }, index) =>
    [marks[outcome], endpoint.method === '*' ? 'any' : formatText(endpoint.method) || '-', ...[route, endpoint.service, places[index] ?? '', reason].map((text) => formatText(text))])
  return `\n${renderTitle('Candidates')}\n${renderTable([...left('', 'method'), yielding('path', 'route'), yielding('name', 'service', 1), yielding('path', 'place'), yielding('prose', 'why')], rows)}\n`
}

function renderInferred ({ inferred }: Explanation): string {
  if (inferred.length === 0) return ''
  const rows = inferred.map(({ segment, label, reason }) => [formatText(segment), formatText(label), reason])
  return `\n${renderTitle('Inferred')}\n${renderTable([yielding('path', 'segment'), yielding('path', 'becomes'), yielding('prose', 'why')], rows)}\n`
}
