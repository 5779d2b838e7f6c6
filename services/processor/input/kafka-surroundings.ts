import type { Logger } from '../../runtime/log.ts'
import type { LagWatch, Readiness } from '../contract.ts'
import type { Handoff } from './kafka-handoff.ts'
import type { Memory } from './kafka-lookup.ts'
import type { Share } from './kafka-share.ts'
import type { Slot } from './kafka-slot.ts'
import type { Generation } from './kafka-generation.ts'

/** What a session shares with the input that runs it, and with the sessions before and after. */
export interface Surroundings {
  /** Id of the input. */
  input: string
  handoff: Handoff
  /** Aborts when the input is closed. */
  closed: AbortSignal
  log: Logger
  readiness: Pick<Readiness, 'input'>
  /** What is known of partitions, over the sessions. */
  memory: Memory
  /** Counts records that were not read and are gone. */
  lose (records: number): void
  lag: Pick<LagWatch, 'waits'>
  /** Commits a batch, through whatever session lives by then. */
  commit (slot: Slot): Promise<void>
  /** Reports that the group is joined, or why something does not work. */
  up (fields: Record<string, unknown>): void
  /** Says that a request went well, which ends whatever was reported before. */
  answered (): void
  down (error: unknown): void
}

/** One partition's turn in a fetch. */
export interface Turn { generation: Generation, share: Share, heartbeat: () => Promise<void> }
