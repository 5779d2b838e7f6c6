import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { MatchRequest } from '../../normalizer/index.ts'
import { isUrl } from '../processor/catalog/reading/source-name.ts'
import { GatelensError } from '../runtime/errors.ts'
import { addCatalogOptions, loadOptionCatalog, splitOperands } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { explanationJson, renderExplanation } from './explain/render.ts'
import { exitCodes, print, say } from './outcome.ts'

interface ExplainOptions extends CatalogOptions {
  host?: string
  service?: string
  route?: string
  upstream?: string
  header?: Record<string, string>
  json?: true
}

/** Defines `gatelens explain`. */
export function explain (command: Command): void {
  addCatalogOptions(command.argument('[method]', 'request method, such as GET').argument('[url]', 'URL or path, as a client sends it'))
    .usage('<method> <url> [options]')
    .option('--host <name>', 'requested host, when the URL is only a path')
    .option('--service <name>', 'backend, as the record names it')
    .option('--route <name>', 'route of the gateway, as the record names it')
    .option('--upstream <target>', 'target as the gateway sent it upstream')
    .option('-H, --header <name: value>', 'request header that the gateway\'s routes may ask for; can be repeated', readHeader)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExits with 1 when no declared operation answers the request.')
    .action(run)
}

async function run (first: string | undefined, second: string | undefined, options: ExplainOptions): Promise<void> {
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  const words = [first, second, ...openapi.operands, ...backstage.operands].filter((word) => word !== undefined)
  const [method, url = takeTarget(openapi.documents) ?? takeTarget(backstage.documents), ...more] = words
  if (method === undefined || url === undefined || more.length > 0) throw new GatelensError('USAGE', 'a method and a URL are wanted', { hint: 'Try: gatelens explain GET /v1/orders/42 --openapi openapi.yaml' })
  const named = { ...options, openapi: openapi.documents, backstage: backstage.documents }
  const { normalizer, endpoints, placeOf } = await loadOptionCatalog(named)
  if (endpoints.length === 0) say('note: nothing is declared; name API documents with --openapi, --backstage or --config')
  const explanation = normalizer.explain(requestOf(method, url, options))
  const places = explanation.candidates.map(({ endpoint: { source, where } }) => {
    const place = placeOf(source, where)
    return place === undefined ? source : `${place.source}:${place.line}`
  })
  const located = { method, url, explanation, places }
  await print(options.json === true ? `${JSON.stringify(explanationJson(located), null, 2)}\n` : renderExplanation(located))
  const { outcome } = explanation.match
  if (outcome !== 'matched' && outcome !== 'ambiguous') process.exitCode = exitCodes.findings
}

/** In `explain GET --openapi a.yaml https://api.example.com/v1/orders` the list option swallowed the URL that is asked about. */
function takeTarget (documents: string[] = []): string | undefined {
  const last = documents.at(-1)
  return documents.length > 1 && last !== undefined && isUrl(last) ? documents.pop() : undefined
}

function requestOf (method: string, url: string, { host, service, route, upstream, header }: ExplainOptions): MatchRequest {
  const request = { method, path: url, host: host ?? header?.host, service, route, upstream, headers: header }
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as unknown as MatchRequest
}

function readHeader (text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^\s:]+):\s*(.*?)\s*$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write a header as "name: value".')
  return { ...before, [name.toLowerCase()]: value }
}
