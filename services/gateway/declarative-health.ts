/** What a declarative configuration says of health checks. */
import { z } from 'zod'
import { absent, given, path } from './declarative-fields.ts'

const count = given(z.number().int().min(0).max(255), 0)
const seconds = given(z.number().min(0).max(65535), 0)
const statuses = z.array(z.number().int().min(100).max(999)).nullish()
const probeType = z.enum(['tcp', 'http', 'https'])

/** The health checks of an upstream. */
export const healthSchema = z.strictObject({
  threshold: z.literal(0, 'this gateway does not support a threshold; remove it').nullish(),
  active: z.strictObject({
    type: given(probeType, 'http' as const),
    timeout: given(z.number().positive(), 1).describe('seconds'),
    concurrency: z.number().int().min(1).nullish(),
    http_path: given(path, '/'),
    https_sni: absent,
    https_verify_certificate: given(z.boolean(), true),
    headers: z.record(z.string(), z.array(z.string())).nullish(),
    healthy: z.strictObject({ interval: seconds, http_statuses: statuses, successes: count }).nullish(),
    unhealthy: z.strictObject({
      interval: seconds, http_statuses: statuses, tcp_failures: count, timeouts: count, http_failures: count,
    }).nullish(),
  }).nullish(),
  passive: z.strictObject({
    type: given(probeType, 'http' as const),
    healthy: z.strictObject({ http_statuses: statuses, successes: count }).nullish(),
    unhealthy: z.strictObject({ http_statuses: statuses, tcp_failures: count, timeouts: count, http_failures: count }).nullish(),
  }).nullish(),
})

/** Health checks as the file gives them, with Kong's defaults. */
export type HealthEntry = z.output<typeof healthSchema>
