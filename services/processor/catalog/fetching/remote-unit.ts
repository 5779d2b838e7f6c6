/** What is fetched over HTTP, and how it stands. */
import type { Problem } from '../../../../normalizer/index.ts'

/**
 * One thing that is fetched over HTTP, as plain data. `source` is the kind of source that fetches it, by its key in the registry, `key`
 * what its reading is kept under, and `label` what people see of it.
 */
export interface RemoteUnit<Options = unknown> {
  source: string
  key: string
  label: string
  intervalMs: number | undefined
  options: Options
}

/** What reading a unit anew gave; `digest` stands for the content, `changed` is false when `value` is the previous one. */
export interface RemoteReading<T> { value: T, digest: string, changed: boolean }

/** How a remote source stands. */
export interface RemoteState {
  unit: RemoteUnit
  /** Of the last good reading; '' when there is none. */
  digest: string
  /** `read`: it has what the digest says; `failed`: that is old, if there is any; `waiting`: it has not answered yet. */
  outcome: 'read' | 'failed' | 'waiting'
  /** When the source was last known to have this reading, epoch ms; 0 without one. */
  confirmedAt: number
  problem?: Problem | undefined
  /** How long the server asked to be left alone, ms. */
  retryAfterMs?: number | undefined
  /** True when the server did not accept the credentials. */
  isRefused?: boolean | undefined
}

/** Where the readers of a catalog find what sources answered. */
export interface RemoteReadings {
  /** How each source that was read stands, by key. */
  readonly states: ReadonlyMap<string, RemoteState>
  /** The newest reading that can be had; undefined when there is none at all. */
  read<T> (unit: RemoteUnit): Promise<T | undefined>
}
