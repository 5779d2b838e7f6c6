/** What the threads beside the traffic are told, and what they say. */
import type { RemoteState, RemoteUnit } from '../fetching/remote-unit.ts'
import type { FetchPolicy } from '../policy.ts'
import type { Cached } from '../reading/cache.ts'
import type { ErrorCode } from '../../../runtime/errors.ts'
import type { RefreshRequest, RefreshResult } from './refresh.ts'

/** What a thread is told at its start: the folder of the cache, most ms for reading one unit, and how often it says that it lives, ms. */
export interface ThreadSetup { cache: string, policy: FetchPolicy, limitMs: number, beatMs: number }

/** One piece of work. */
export type Job = { kind: 'fetch', unit: RemoteUnit } | { kind: 'compile', request: RefreshRequest }

/** What came of fetching a unit; `unsaved` is a new reading that could not be kept in the cache. */
export interface Fetched { state: RemoteState, unsaved: Cached<unknown> | undefined }

/** The same job, with the number that the answers bear. */
export interface NumberedJob { id: number, job: Job }

/** What a thread says: that it lives, which document a job is about to read ('' for none), and how a job ended. */
export type ThreadMessage =
  | { kind: 'alive' }
  | { kind: 'reading', id: number, document: string }
  | { kind: 'done', id: number, result: Fetched | RefreshResult }
  | { kind: 'failed', id: number, code: ErrorCode, message: string, where: string, hint: string }
