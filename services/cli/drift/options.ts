import type { CatalogOptions } from '../catalog-options.ts'
import type { FormatOptions } from '../format.ts'
import type { Declared } from './declared.ts'
import type { DriftKind, Level } from './finding.ts'
import type { Seen } from './seen.ts'
import type { DriftResult } from './shape.ts'

/** The command line of `gatelens drift`, parsed. */
export interface DriftOptions extends CatalogOptions, FormatOptions {
  url?: string
  database?: string
  /** Milliseconds. */
  since?: number
  from?: string
  to?: string
  service?: string[]
  kind?: DriftKind[]
  unusedDays: number
  minRequests: number
  gatewayStatuses?: true
  top: number
  failOn: Level | 'never'
  json?: true
  sarif?: true
  suggest?: true
  overlay?: true
  out?: string
}

/** What was seen, what is declared, and how they differ. */
export interface Comparison {
  seen: readonly Seen[]
  declared: Declared
  result: DriftResult
  /** True when a log is not understood: no drift of it says nothing. */
  unread: boolean
  /** True when some of the requests or of the documents could not be read. */
  failed: boolean
}
