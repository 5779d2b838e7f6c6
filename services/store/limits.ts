import { totalmem } from 'node:os'
import { z } from 'zod'

const megabyte = 1024 * 1024

/** What one query of a user for rows may take. Seconds, bytes and rows; 0 is no limit. */
export const limitsSchema = z.strictObject({
  max_execution_time: z.number().nonnegative().describe('seconds'),
  max_memory_usage: z.number().int().nonnegative().describe('bytes'),
  max_rows_to_read: z.number().int().nonnegative(),
  max_result_rows: z.number().int().nonnegative(),
  max_result_bytes: z.number().int().nonnegative(),
}).partial()

/** Limits by the names of the engine's settings. */
export type Limits = z.output<typeof limitsSchema>

type Settings = Record<string, string | number | boolean>

const half = Math.floor(totalmem() / 2)

/** For users who may change the store: what they ask for themselves counts. */
const ofWriters: Required<Limits> = {
  max_execution_time: 600,
  max_memory_usage: half,
  max_rows_to_read: 0,
  max_result_rows: 0,
  max_result_bytes: 20_000 * megabyte,
}

/** For read-only users: they cannot ask for more. */
const ofReaders: Required<Limits> = {
  max_execution_time: 60,
  max_memory_usage: Math.min(half, 2000 * megabyte),
  max_rows_to_read: 20_000_000_000,
  max_result_rows: 10_000_000,
  max_result_bytes: 2000 * megabyte,
}

/**
 * The settings of a query for rows: what was asked for, within the limits of its user. A read-only user may ask for less
 * and never for more; others start from their limits and may change them, except where their configuration names one.
 */
export function withinLimits (asked: Readonly<Settings>, user: { read_only: boolean, limits?: Limits | undefined }): Settings {
  const fixed = user.read_only ? { ...ofReaders, ...user.limits } : user.limits ?? {}
  const settings: Settings = user.read_only ? { ...asked } : { ...ofWriters, ...asked }
  for (const [name, most] of Object.entries(fixed)) {
    const wanted = Number(settings[name] ?? most)
    settings[name] = most === 0 || (wanted > 0 && wanted <= most) ? settings[name] ?? most : most
  }
  if (user.read_only) for (const name of Object.keys(settings)) if (name.endsWith('_overflow_mode')) settings[name] = 'throw'
  return settings
}
