import { z } from 'zod'
import { duration } from '../../runtime/units.ts'

const kept = duration.refine((time) => time >= 3_600_000 && time % 1000 === 0, 'keep rows for 1h or more')

/**
 * How long the store keeps the rows of each table, ms; what is not named stays as the schema or somebody else has set it. Counted
 * from the time of the request, or from its arrival when it came later, so that an old log can be loaded and looked at.
 */
export const retentionSchema = z.strictObject({
  requests: kept.optional().describe('Single requests. As the schema has it: 14d.'),
  requests_1m: kept.optional().describe('Requests by minute: what rules and dashboards read. As the schema has it: 90d.'),
  requests_1h: kept.optional().describe('Requests by hour. As the schema has it: 730d.'),
  drift_1d: kept.optional().describe('What drift is told from, by day. As the schema has it: 400d.'),
  rejected: kept.optional().describe('Records that could not become an event. As the schema has it: 90d.'),
  breaches: kept.optional().describe('Breaches, counted from when they were last seen. As the schema has it: for ever.'),
})
