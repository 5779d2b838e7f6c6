import type { Command } from 'commander'
import type { Explanation } from '../../normalizer/index.ts'
import { GatelensError } from '../runtime/errors.ts'
import { addCatalogOptions, loadOptionCatalog, splitOperands } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { exitCodes, print } from './outcome.ts'
import { colors, formatText, renderTable, renderTitle } from './terminal.ts'

interface ExplainOptions extends CatalogOptions { host?: string, json?: true }

/** Defines `gatelens explain`. */
export function explain (command: Command): void {
  addCatalogOptions(command.argument('[method]', 'request method, such as GET').argument('[url]', 'URL or path, as a client sends it'))
    .usage('<method> <url> [options]')
    .option('--host <name>', 'requested host, when the URL is only a path')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExits with 1 when no declared operation answers the request.')
    .action(run)
}

async function run (first: string | undefined, second: string | undefined, options: ExplainOptions): Promise<void> {
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  const [method, url, ...more] = [first, second, ...openapi.operands, ...backstage.operands].filter((word) => word !== undefined)
  if (method === undefined || url === undefined || more.length > 0) throw new GatelensError('USAGE', 'a method and a URL are wanted', { hint: 'Try: gatelens explain GET /v1/orders/42 --openapi openapi.yaml' })
  const { normalizer } = await loadOptionCatalog({ ...options, openapi: openapi.documents, backstage: backstage.documents })
  const explanation = normalizer.explain({ method: method.toUpperCase(), path: url, host: options.host ?? hostOf(url) })
  const { match } = explanation
  const inferred = match.outcome === 'unmatched' ? normalizer.infer(match.path) : ''
  await print(options.json === true ? `${JSON.stringify(shape(explanation, inferred), null, 2)}\n` : render(method, url, explanation, inferred))
  if (match.outcome !== 'matched' && match.outcome !== 'ambiguous') process.exitCode = exitCodes.findings
}

function hostOf (url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}

function shape ({ match, rule, candidates }: Explanation, inferred: string): unknown {
  const { endpoint } = match
  return {
    outcome: match.outcome,
    route: endpoint === undefined ? inferred : match.route,
    template: endpoint?.template ?? null,
    operationId: endpoint?.operationId || null,
    service: endpoint?.service || null,
    source: endpoint?.source ?? null,
    gateway_route: match.gateway?.name ?? null,
    rule,
    candidates: candidates.map(({ endpoint: { method, template, service, source }, route, outcome, reason }) =>
      ({ outcome, method, route, template, service, source, reason })),
  }
}

function render (method: string, url: string, { match, rule, candidates }: Explanation, inferred: string): string {
  const { endpoint } = match
  const facts: Array<[string, string]> = [
    ['outcome', match.outcome === 'matched' ? colors.green(match.outcome) : colors.yellow(match.outcome)],
    ['route', endpoint !== undefined ? match.route : inferred === '' ? '' : `${inferred} (inferred)`],
    ['operation', endpoint?.operationId ?? ''],
    ['document', endpoint === undefined ? '' : `${`${endpoint.api} ${endpoint.apiVersion}`.trim()}  ${colors.dim(endpoint.source)}`.trim()],
    ['service', endpoint?.service ?? ''],
    ['gateway', match.gateway === undefined ? '' : `route ${match.gateway.name} of service ${match.gateway.service}`],
    ['decided by', rule],
  ]
  const head = `${renderTitle(`${method.toUpperCase()} ${formatText(url, 160)}`)}\n`
  const lines = facts.filter(([, text]) => text !== '').map(([label, text]) => `  ${colors.dim(label.padEnd(13))}${text}`).join('\n')
  if (candidates.length === 0) return `${head}${lines}\n`
  const rows = candidates.map((item) =>
    [item.outcome === 'winner' ? colors.green('▸') : ' ', item.endpoint.method || '-', item.route, item.endpoint.service, item.reason])
  return `${head}${lines}\n\n${renderTitle('Candidates')}\n${renderTable(['', 'method', 'route', 'service', 'why'].map((name) => ({ head: name })), rows)}\n`
}
