import type { DeclaredOperation } from './declared-operation.ts'
import type { Sample } from './seen.ts'

/** What kinds of drift there are, with what SARIF says of each; a finding of its own may be less than its level. */
export const kinds = {
  'undocumented-path': {
    level: 'error',
    summary: 'Requests for a path that no API document declares.',
    help: 'Declare it ("gatelens drift --suggest" writes the operations down), or close it in the gateway.',
  },
  'undeclared-method': {
    level: 'error',
    summary: 'Requests with a method that the path does not declare.',
    help: 'Declare the operation, or have the gateway refuse the method.',
  },
  'undeclared-status': {
    level: 'warning',
    summary: 'Responses of the backend with a status that the operation does not declare.',
    help: 'Declare the response, exactly, as a range such as 4XX, or as default.',
  },
  'deprecated-operation': {
    level: 'warning',
    summary: 'Requests for an operation that is declared deprecated.',
    help: 'Tell the partners that still call it before it goes.',
  },
  'unused-operation': {
    level: 'note',
    summary: 'A declared operation that nobody has called.',
    help: 'Ask whether it is still needed; what nobody calls need not be kept up.',
  },
} as const satisfies Record<string, { level: Level, summary: string, help: string }>

/** What kind of difference a finding is of, by the names that `--kind` takes. */
export type DriftKind = keyof typeof kinds

/** How much a finding matters, in SARIF's words. */
export type Level = 'error' | 'warning' | 'note'

/** The levels, worst first. */
export const levels: readonly Level[] = ['error', 'warning', 'note']

/** One difference between traffic and documents. Times are epoch ms, null where nothing was seen. */
export interface Finding {
  kind: DriftKind
  level: Level
  service: string
  owner: string
  /** '' where the finding is of the path with all its methods. */
  method: string
  route: string
  /** The undeclared status, else null. */
  status: number | null
  /** The operation that the finding is about. */
  operation: DeclaredOperation | undefined
  requests: number
  /** Those that the backend answered with 1xx to 3xx. */
  served: number
  first_seen: number | null
  last_seen: number | null
  methods: ReadonlyMap<string, number>
  statuses: ReadonlyMap<number, number>
  partners: ReadonlyMap<string, number>
  sample: Sample | null
}
