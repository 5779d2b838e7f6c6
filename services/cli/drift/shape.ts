import { isoTime, messageOf } from './message.ts'
import { levels } from './finding.ts'
import type { DriftKind, Finding, Level } from './finding.ts'
import type { Sample } from './seen.ts'

/** What was compared, and what came of it. */
export interface DriftResult {
  /** Where the requests were read: `store` or `logs`. */
  source: 'store' | 'logs'
  /** First and last moment of the window, or of the log; null without requests. */
  period: { from: string | null, to: string | null }
  /** Days that an operation must be unused for. */
  unusedDays: number
  /** The first request that is known at all (epoch ms); null without. */
  countedSince: number | null
  /** Declared operations that requests were compared with. */
  operations: number
  /** Records of the log that are no requests; null for the store. */
  rejected: number | null
  findings: Finding[]
}

/** One finding as `gatelens drift --json` prints it. Names are stable; new ones may be added. */
export interface FindingShape {
  kind: DriftKind
  level: Level
  message: string
  service: string
  owner: string
  /** '' where the finding is of a path with all its methods. */
  method: string
  route: string
  operation_id: string
  status: number | null
  deprecated: boolean
  requests: number
  served: number
  first_seen: string | null
  last_seen: string | null
  methods: Record<string, number>
  statuses: Record<string, number>
  /** The ten with the most requests; `distinct_partners` counts all. */
  partners: Array<{ partner: string, requests: number }>
  distinct_partners: number
  /** The newest request; its path has hashes for values. */
  sample: Omit<Sample, 'owner'> | null
}

/** What `gatelens drift --json` prints. */
export interface DriftShape {
  version: 1
  source: DriftResult['source']
  period: DriftResult['period']
  unused_days: number
  counted_since: string | null
  operations: number
  rejected: number | null
  counts: Record<Level, number>
  findings: FindingShape[]
}

const shownPartners = 10

/** Brings findings into their public shape. */
export function shapeDrift (result: DriftResult): DriftShape {
  const { source, period, unusedDays, countedSince, operations, rejected, findings } = result
  return {
    version: 1,
    source,
    period,
    unused_days: unusedDays,
    counted_since: isoTime(countedSince),
    operations,
    rejected,
    counts: countLevels(findings),
    findings: findings.map(shapeFinding),
  }
}

/** How many findings there are of every level. */
export function countLevels (findings: readonly Finding[]): Record<Level, number> {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length
  return Object.fromEntries(levels.map((level) => [level, count(level)])) as Record<Level, number>
}

function shapeFinding (finding: Finding): FindingShape {
  const { kind, level, service, owner, method, route, status, requests, served, operation, partners, sample } = finding
  return {
    ...{ kind, level, message: messageOf(finding), service, owner, method, route },
    operation_id: operation?.operationId ?? '',
    status,
    deprecated: operation?.deprecated ?? false,
    ...{ requests, served },
    first_seen: isoTime(finding.first_seen),
    last_seen: isoTime(finding.last_seen),
    methods: Object.fromEntries(finding.methods),
    statuses: Object.fromEntries(finding.statuses),
    partners: [...partners].slice(0, shownPartners).map(([partner, count]) => ({ partner, requests: count })),
    distinct_partners: partners.size,
    sample: sample === null ? null : { request_id: sample.request_id, host: sample.host, path: sample.path },
  }
}
