import type { FileReach } from './reading/file-reach.ts'
import type { FileInputs } from './reading/file-states.ts'
import type { PartCache } from './reading/parts.ts'
import type { RemoteReadings } from './fetching/remote-unit.ts'
import type { ReadingCache } from './reading/cache.ts'
import type { SourceNames } from './reading/source-name.ts'
import type { FetchPolicy } from './policy.ts'

/** What all readers of one run share. */
export interface LoadContext {
  /** Folder that relative paths start from. */
  base: string
  nameOf: SourceNames
  /** The last good readings. */
  cache: ReadingCache
  remotes: RemoteReadings
  policy: FetchPolicy
  files: FileInputs
  /** Which files documents may lead to, and how large they may be. */
  reach: FileReach
  /** Parsed files that several documents refer to. */
  parts: PartCache
  /** Globs of files that folders and globs leave out, relative to `base`. */
  exclude: readonly string[]
  /** True when nothing is in use yet: then a path that leads nowhere is an error, later what was read last is used. */
  isStart: boolean
  /** Documents that needed more memory or time than there is, and the sentence that says so. */
  oversized: ReadonlyMap<string, string>
  /** Told of every document before it is read: what a run that dies was doing. */
  begin: (name: string) => void
}
