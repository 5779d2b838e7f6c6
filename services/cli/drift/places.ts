import type { PlaceFinder } from '../../processor/catalog/openapi/apis.ts'
import type { SarifFinding } from '../sarif.ts'
import type { Declared } from './declared.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import type { Finding } from './finding.ts'
import { messageOf } from './message.ts'

/**
 * The findings with file and line: the operation, its path, or the paths of the service's document. What is declared nowhere
 * points at the first document of its service, else at `fallback`.
 */
export function locateFindings (findings: readonly Finding[], { operations, placeOf }: Declared, fallback: string): SarifFinding[] {
  return findings.map((finding) => {
    const { kind, level, service, method, route, status } = finding
    const { file, line } = fileAndLine(declaringPlace(finding, operations), placeOf, fallback)
    const fingerprint = [service, method, route, status ?? ''].join(' ')
    return { rule: kind, level, message: messageOf(finding), file, line, fingerprint }
  })
}

type Place = Pick<DeclaredOperation, 'source' | 'where'>

function fileAndLine ({ source, where }: Place, placeOf: PlaceFinder | undefined, fallback: string): Pick<SarifFinding, 'file' | 'line'> {
  const place = placeOf?.(source, where)
  return place === undefined ? { file: source || fallback, line: 0 } : { file: place.source, line: place.line }
}

function declaringPlace ({ kind, operation, service, route }: Finding, operations: readonly DeclaredOperation[]): Place {
  if (operation !== undefined && operation.source !== '') return operation
  const own = operations.filter((item) => item.service === service && item.source !== '')
  const below = kind === 'undeclared-method' ? longestEnd(own, route) : undefined
  const path = own.find((item) => item.route === route) ?? below
  if (path !== undefined) return { source: path.source, where: path.where.replace(/\/[^/]*$/, '') }
  return { source: own[0]?.source ?? '', where: '/paths' }
}

/** An operation served below several base paths is listed with the first. */
function longestEnd (operations: readonly DeclaredOperation[], route: string): DeclaredOperation | undefined {
  const ends = operations.filter(({ template }) => route.endsWith(template))
  return ends.toSorted((a, b) => b.template.length - a.template.length)[0]
}
