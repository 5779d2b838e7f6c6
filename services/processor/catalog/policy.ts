/** What reading and fetching a catalog may cost. */
import { z } from 'zod'
import { byteSize, duration } from '../../runtime/units.ts'
import { defaultFileBytes } from './reading/regular-file.ts'

const path = z.string().min(1)

/** What may stand with every source that is fetched over HTTP. */
export const interval = duration.optional().describe('How often it is asked; default: refresh.remote.')

/** How often sources are looked at while the processor runs. */
export const refreshSchema = z.strictObject({
  files: duration.default(10_000).describe('How often files and folders are looked at.'),
  remote: duration.default(300_000).describe('How often URLs, Backstage and Kong\'s Admin API are asked.'),
  retry: duration.default(5000).describe('First pause after a failure; it doubles with every further one, up to the interval.'),
  grace: duration.default(10_000).describe('How long a start waits for sources that do not answer; then it uses what was read of them last, or goes on without them until they answer.'),
})

/** What a fetched document may cost; references of fetched documents count as well. */
export const fetchSchema = z.strictObject({
  max_bytes: byteSize.default(64 * 1024 ** 2).describe('Largest answer, decompressed.'),
  timeout: duration.default(30_000).describe('For one answer as a whole, redirects included.'),
  redirects: z.number().int().min(0).max(20).default(5).describe('Redirects that are followed; never from https to http.'),
  references: z.number().int().min(0).max(10_000).default(100).describe('Most other documents that one fetched document may refer to.'),
  hosts: z.array(path).default([]).describe('Hosts (example.com, *.example.com), besides the own origin (scheme, host and port), that the redirects and references of a fetched document may lead to.'),
})

/** Which files are read. */
export const filesSchema = z.strictObject({
  folders: z.array(path).default([]).describe('Folders, besides those of the sources and of this file, that references and symbolic links of documents may lead to.'),
  max_bytes: byteSize.default(defaultFileBytes).describe('Largest file that is read.'),
})

/** Limits of the threads beside the traffic. */
export const compileSchema = z.strictObject({
  memory: byteSize.default(1024 ** 3).describe('Most memory for reading what was fetched, and for compiling, each on a thread of its own; a document that needs more is left out.'),
  timeout: duration.default(300_000).describe('Most time for reading one source, and for compiling all.'),
})

/** What fetching may cost. */
export type FetchPolicy = z.output<typeof fetchSchema>

/** How often sources are looked at. */
export type RefreshPolicy = z.output<typeof refreshSchema>

/** Limits of a thread: memory in bytes, time in ms. */
export type ThreadLimits = z.output<typeof compileSchema>
