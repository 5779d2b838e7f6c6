/** `gatelens drift --suggest`: what is said and written. */
import { exitCodes, print, say } from '../outcome.ts'
import { formatCount } from '../terminal.ts'
import type { Finding } from './finding.ts'
import { groupBy } from './group.ts'
import type { Comparison, DriftOptions } from './options.ts'
import { responsesOf, suggestOverlays } from './overlay.ts'
import { readWritten } from './standing.ts'
import type { Written } from './standing.ts'
import { leftOut, missingMethods, missingPaths, renderSuggestions, suggestDocuments } from './suggest.ts'
import type { LeftOutReason, Suggestion, Wanted } from './suggest.ts'
import { writeSuggestions } from './suggest-files.ts'

/** Prints or writes the suggestions; what they leave out is said on standard error. */
export async function suggest (comparison: Comparison, options: DriftOptions): Promise<void> {
  const { out, overlay, minRequests, kind: kinds } = options
  const wanted = { minRequests, kinds }
  const changed = overlay === true ? comparison.result.findings.filter(({ kind }) => kind === 'undeclared-status') : []
  const written = await readWritten(changed.map(({ operation }) => operation?.source ?? ''))
  const suggestions = overlay === true
    ? suggestOverlays(comparison, wanted, out ?? process.cwd(), written)
    : suggestDocuments(comparison, wanted)
  for (const note of [...notes(comparison, suggestions, wanted, options), ...outOfReach(changed, written)]) say(`note: ${note}`)
  if (out === undefined) await print(renderSuggestions(suggestions))
  else for (const file of writeSuggestions(suggestions, out, overlay === true ? 'overlay' : 'undocumented')) await print(`${file}\n`)
  if (comparison.failed) process.exitCode = exitCodes.failed
}

function notes (comparison: Comparison, suggestions: readonly Suggestion[], wanted: Wanted, { out, overlay }: DriftOptions): string[] {
  const statuses = comparison.result.findings.filter(({ kind }) => kind === 'undeclared-status').length
  const omitted = leftOut(comparison, wanted)
  const homeless = overlay === true ? servicesWithoutDocument(comparison, wanted) : []
  return [
    ...suggestions.length > 0 ? [] : [omitted.size > 0 ? 'nothing to suggest' : 'nothing to suggest; no backend served an undocumented path or an undeclared method'],
    ...overlay === true || statuses === 0 ? [] : [`undeclared statuses are left out (${formatCount(statuses)}); --overlay writes changes of the documents, with statuses`],
    ...Array.from(omitted, ([reason, { operations, requests }]) =>
      `${reasons[reason]} left out (${formatCount(operations.length)}, ${formatCount(requests)} requests): ${listOf(operations)}`),
    ...homeless.length === 0 ? [] : [`no document declares anything of ${homeless.join(', ')}: without --overlay, one is written`],
    ...out !== undefined || suggestions.length < 2 ? [] : [`${suggestions.length} documents, one for each ${severalOf(overlay)}: use --out or --service`],
  ]
}

const reasons: Record<LeftOutReason, string> = {
  method: 'methods that OpenAPI 3.1 has no key for are',
  refused: 'operations that no backend served are',
  rare: 'operations with fewer requests than --min-requests are',
}

/** The first of them; the tables of drift list all. */
function listOf (operations: readonly string[]): string {
  const most = 5
  return operations.slice(0, most).join(', ') + (operations.length > most ? ', …' : '')
}

/** An overlay changes one document; an update of what is not in it would be lost without a word. */
function outOfReach (changed: readonly Finding[], written: Written): string[] {
  const elsewhere = changed.filter((finding) => responsesOf(finding, written) === undefined)
  return [...groupBy(elsewhere, ({ operation }) => operation)].map(([operation, found]) => {
    const statuses = found.flatMap(({ status }) => status ?? []).sort((a, b) => a - b).join(', ')
    return `${operation?.method} ${operation?.template} stands in another file than ${operation?.source}, where no overlay reaches it: ${statuses} left out`
  })
}

function severalOf (overlay: true | undefined): string {
  return overlay === true ? 'document of the catalog' : 'service; a catalog reads one of a file'
}

function servicesWithoutDocument (comparison: Comparison, wanted: Wanted): string[] {
  const known = new Set(comparison.declared.operations.map(({ service }) => service))
  const seen = [...missingPaths(comparison, wanted), ...missingMethods(comparison, wanted)]
  return [...new Set(seen.map(({ service }) => service))].filter((service) => !known.has(service)).map((service) => service || '(no service)').sort()
}
