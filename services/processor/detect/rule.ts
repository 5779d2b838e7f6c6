import { z } from 'zod'
import { GatelensError } from '../../runtime/errors.ts'
import { duration } from '../../runtime/units.ts'
import type { Span } from './window.ts'

const minute = 60_000
const measures = ['requests', 'errors', 'error_ratio', 'p50', 'p95', 'p99', 'rate_limited', 'undocumented', 'bytes'] as const

/** What a rule may group by, in the order of the columns of `breaches`. */
export const subjectKeys = ['service', 'route', 'partner'] as const
export type SubjectKey = typeof subjectKeys[number]

/** Thresholds that stand in the catalog: the subject's own quota. */
export const quotaThresholds = ['partner.quota.minute', 'partner.quota.hourly', 'partner.quota.daily', 'partner.quota.monthly'] as const

/** The quota that a threshold names, and the only window in which it means anything. */
export const quotaOf = {
  'partner.quota.minute': { quota: 'minute', over: minute, text: '1m' },
  'partner.quota.hourly': { quota: 'hourly', over: 60 * minute, text: '1h' },
  'partner.quota.daily': { quota: 'daily', over: 1440 * minute, text: '1d' },
  'partner.quota.monthly': { quota: 'monthly', over: 'month', text: 'month' },
} as const satisfies Record<typeof quotaThresholds[number], { quota: string, over: Span, text: string }>

const span = z.union([z.literal('month'), duration], {
  error: ({ input }) => `${input === undefined ? 'missing' : `${JSON.stringify(input)} is not a window`}; write whole minutes, such as 5m, 1h or 1d, or month`,
})
const text = z.string().min(1)

const shape = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'a rule name is 1 to 64 letters, digits, ".", "_" or "-"')
    .describe('Unique; part of every breach id.'),
  description: z.string().default('').describe('For people.'),
  measure: z.enum(measures).describe('What is measured per subject and window. errors are responses 500 to 599 and requests without a response. Percentiles and bytes are of the requests whose log gives the figure.'),
  of: z.enum(['duration', 'upstream', 'gateway']).optional().describe('For p50, p95, p99: which time, in ms. Default duration.'),
  by: z.array(z.enum(subjectKeys)).default([]).describe('The subject: one breach at a time per combination. Empty: all traffic together.'),
  where: z.strictObject({ service: text.optional(), route: text.optional(), partner: text.optional() }).default({})
    .describe('Only requests with exactly these values.'),
  over: span.describe('Window of event time, from 1m in whole minutes, counted from the UTC epoch (1d is a UTC day), or month.'),
  above: z.union([z.number().nonnegative(), z.enum(quotaThresholds)], { error: `above is a number or one of ${quotaThresholds.join(', ')}` })
    .describe('Threshold: a number (ratios 0 to 1, times in ms), or the subject\'s quota.'),
  severity: z.enum(['info', 'warning', 'page']).default('warning').describe('Label of the breach and of its series.'),
  for: duration.default(0).describe('How long the threshold must be exceeded, in consecutive windows, before a breach opens.'),
  clear_after: duration.optional()
    .describe('How long it must not be exceeded before the breach closes; 0s closes it with its window. Default: one window; 0s for quotas.'),
  min_requests: z.number().int().positive().default(1).describe('Windows with fewer requests are not judged.'),
})

/** One detection rule; durations in ms. */
export type Rule = z.output<typeof shape>

/** The schema of one rule. */
export const ruleSchema = shape.superRefine((rule, context) => {
  for (const { key, message } of problemsOf(rule)) context.addIssue({ code: 'custom', path: [key], message: `rule "${rule.name}": ${message}` })
})

/** The schema of a rules file, `rules: [...]`; names must be unique. */
export const rulesFileSchema = z.strictObject({ rules: z.array(ruleSchema) }).superRefine(({ rules }, context) => {
  const seen = new Set<string>()
  for (const [index, { name }] of rules.entries()) {
    if (seen.has(name)) context.addIssue({ code: 'custom', path: ['rules', index, 'name'], message: `rule "${name}": this name is taken; names must be unique` })
    seen.add(name)
  }
})

/** Throws RULE_INVALID, naming rule and key, for a rule that the schema would have refused: rules may also be made in code. */
export function assertRule (rule: Rule): void {
  const [problem] = problemsOf(rule)
  if (problem !== undefined) throw new GatelensError('RULE_INVALID', problem.message, { where: `rule "${rule.name}": ${problem.key}` })
}

/** True when the value of an unfinished window can only grow, so that exceeding the threshold is final. */
export function grows (rule: Rule): boolean {
  return ['requests', 'errors', 'rate_limited', 'undocumented', 'bytes'].includes(rule.measure)
}

/** True for p50, p95 and p99. */
export function isQuantile (rule: Rule): boolean {
  return ['p50', 'p95', 'p99'].includes(rule.measure)
}

function problemsOf (rule: Rule): Array<{ key: keyof Rule, message: string }> {
  return [...windowProblems(rule), ...measureProblems(rule), ...quotaProblems(rule)]
}

function * windowProblems (rule: Rule): Generator<{ key: keyof Rule, message: string }> {
  if (rule.over !== 'month' && (rule.over < minute || rule.over % minute !== 0)) {
    yield { key: 'over', message: 'the window must be whole minutes, 1m or more (or month)' }
  }
  if (new Set(rule.by).size < rule.by.length) yield { key: 'by', message: 'the same key stands twice' }
}

function * measureProblems (rule: Rule): Generator<{ key: keyof Rule, message: string }> {
  if (rule.of !== undefined && !isQuantile(rule)) yield { key: 'of', message: `only p50, p95 and p99 are "of" something; ${rule.measure} is not` }
  if (rule.measure === 'error_ratio' && typeof rule.above === 'number' && rule.above >= 1) {
    yield { key: 'above', message: 'a ratio is 0 to 1 and can never be above 1; 5 % is 0.05' }
  }
}

function * quotaProblems (rule: Rule): Generator<{ key: keyof Rule, message: string }> {
  if (typeof rule.above === 'number') return
  const { over, text } = quotaOf[rule.above]
  if (rule.measure !== 'requests') yield { key: 'measure', message: `${rule.above} counts requests, not ${rule.measure}` }
  if (rule.by.join() !== 'partner') yield { key: 'by', message: `${rule.above} belongs to one partner: by must be [partner]` }
  if (rule.over !== over) yield { key: 'over', message: `${rule.above} counts per UTC calendar window: over must be ${text}` }
}
