import { z } from 'zod'
import { address } from '../../runtime/units.ts'

const budget = z.number().int().positive()

/** `metrics:` in the processor's configuration: where /metrics listens and how far labels may spread. */
export const metricsSchema = z.strictObject({
  listen: address.default('127.0.0.1:9464').describe('Address of /metrics, /livez and /readyz; port 0 picks a free one.'),
  budgets: z.strictObject({
    default: budget.default(1000).describe('Distinct values of any label that has no budget of its own.'),
    route: budget.default(5000).describe('Distinct routes; later ones are counted as __other__.'),
    service: budget.default(1000).describe('Distinct services.'),
    partner: budget.default(2000).describe('Distinct partners.'),
    owner: budget.default(1000).describe('Distinct owners (breach series).'),
    limit: budget.default(500).describe('Distinct names of rate limits.'),
    status: budget.default(100).describe('Distinct response status codes.'),
  }).prefault({}).describe('Distinct values a label may have; past it the value becomes __other__ and the request still counts.'),
  max_series: z.number().int().min(1000).default(250_000).describe('Exported time series in total; a histogram is 17 of them.'),
})

/** The checked and defaulted form of {@link metricsSchema}. */
export type MetricsConfig = z.output<typeof metricsSchema>
