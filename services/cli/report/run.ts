import type { Quotas } from '../../processor/observe/quota.ts'
import { createRollup } from '../../processor/detect/rollup.ts'
import type { Rule } from '../../processor/detect/rule.ts'
import { shapeBreach } from './breaches.ts'
import { readLogs } from './pass.ts'
import type { PassRequest } from './pass.ts'
import { shapeReport } from './shape.ts'
import type { ReportShape } from './shape.ts'
import { Summary } from './summary.ts'

export interface ReportRequest extends PassRequest {
  rules: Rule[]
  /** Most rows of each list. */
  top: number
}

/**
 * Reads the files once, in order, through the processor's own stages, and says what was in them. A file that cannot be read
 * to its end is reported with its error; what was read of it counts. `unread` is for people: which files are not understood.
 */
export async function runReport ({ rules, top, ...request }: ReportRequest): Promise<{ report: ReportShape, unread: string[] }> {
  const { catalog } = request
  const quotas = new Map(catalog.partners.map((partner) => [partner.name, partner.quotas]))
  const quotasOf = (name: string): Quotas => quotas.get(name) ?? {}
  const summary = new Summary(quotasOf)
  const rollup = createRollup(rules, catalog)
  const { files, filtered, repeated, rejects, unread } = await readLogs({ ...request, once: true }, (events) => {
    for (const event of events) summary.add(event)
    rollup.observe(events)
  })
  const report = shapeReport(summary, {
    files,
    filtered,
    repeated,
    rejects: rejects.read(),
    breaches: rollup.breaches().map(shapeBreach),
    quotasOf,
    catalog: {
      endpoints: catalog.endpoints.length,
      services: catalog.services.size,
      partners: catalog.partners.length,
      problems: catalog.problems.filter((problem) => problem.severity === 'error').length,
    },
    top,
  })
  return { report, unread }
}
