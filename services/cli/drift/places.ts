import { resolve } from 'node:path'
import { isBroken, readSource } from '../../processor/catalog/document.ts'
import type { SourceFile } from '../../processor/catalog/document.ts'
import type { SarifFinding } from '../sarif.ts'
import type { DeclaredOperation } from './declared.ts'
import type { Finding } from './finding.ts'
import { messageOf } from './message.ts'

/**
 * The findings with file and line: the operation, its path, or the paths of the service's document. What is declared nowhere
 * points at the first document of its service, else at `fallback`.
 */
export async function locateFindings (
  findings: readonly Finding[], operations: readonly DeclaredOperation[], fallback: string
): Promise<SarifFinding[]> {
  const files = new Map<string, SourceFile | undefined>()
  const located: SarifFinding[] = []
  for (const finding of findings) {
    const { source, where } = placeOf(finding, operations)
    if (source !== '' && !files.has(source)) files.set(source, await openSource(source))
    const line = files.get(source)?.lineOf(where) ?? 0
    const { kind, level, service, method, route, status } = finding
    const fingerprint = [service, method, route, status ?? ''].join(' ')
    located.push({ rule: kind, level, message: messageOf(finding), file: source === '' ? fallback : fileOf(source), line, fingerprint })
  }
  return located
}

type Place = Pick<DeclaredOperation, 'source' | 'where'>

function placeOf ({ kind, operation, service, route }: Finding, operations: readonly DeclaredOperation[]): Place {
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

async function openSource (source: string): Promise<SourceFile | undefined> {
  if (/^https?:/i.test(source)) return undefined
  const file = await readSource(resolve(fileOf(source)))
  return isBroken(file) ? undefined : file
}

/** A document that stands inside another is named `file#name`. */
function fileOf (source: string): string {
  return source.replace(/#[^#/]*$/, '')
}
