import type { Catalog } from '../../processor/catalog/load.ts'
import { ruleOf } from '../validate/rules.ts'
import type { Declared } from './declared.ts'
import { findDrift, findUnused } from './find.ts'
import { kinds } from './finding.ts'
import type { DriftKind, Finding } from './finding.ts'
import type { DriftOptions } from './options.ts'
import type { Seen } from './seen.ts'
import { lastDays } from './window.ts'

/** Requests of a window that ends at `until` (epoch ms); `use` is what is known of earlier days, too. */
export interface Compared { seen: readonly Seen[], use: readonly Seen[], declared: Declared, until: number }

/** All findings that the options ask for. */
export function compareAll ({ seen, use, declared, until }: Compared, options: DriftOptions): Finding[] {
  const { kind = Object.keys(kinds) as DriftKind[], minRequests, unusedDays } = options
  const question = { kinds: kind, minRequests, gatewayStatuses: options.gatewayStatuses === true }
  const found = findDrift(seen, declared, question)
  return kind.includes('unused-operation') ? [...found, ...findUnused(use, declared, lastDays(until, unusedDays))] : found
}

/** True when a document, or a part of one, could not be read: what it declares would pass for undeclared, or for nothing at all. */
export function hasLostDocuments ({ problems }: Catalog): boolean {
  return problems.some(({ severity, code }) => severity === 'error' && ruleOf(code)?.about === 'documents')
}
