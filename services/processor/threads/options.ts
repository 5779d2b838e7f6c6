import { availableParallelism } from 'node:os'
import { z } from 'zod'

/** `threads:` in the processor's configuration. */
export const threadsSchema = z.union([z.literal('auto'), z.number().int().min(1).max(64)], { error: 'auto, or a number from 1 to 64' }).default(1)
  .describe('Threads that decode, match, enrich and encode; auto = one less than there are cores. With 1 all of it is done on the main thread, ' +
    'which otherwise reads, counts and delivers. Inputs of type http always use the main thread.')

/** The checked form of {@link threadsSchema}. */
export type ThreadsConfig = z.output<typeof threadsSchema>

/** How many threads are meant, at least one. */
export function threadCount (threads: ThreadsConfig): number {
  return threads === 'auto' ? Math.max(1, availableParallelism() - 1) : threads
}
