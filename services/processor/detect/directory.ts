import type { Subject } from './breach.ts'
import { quotaOf } from './rule.ts'
import type { Rule } from './rule.ts'

/** What detection needs of the catalog: who answers for whom, and the partners' quotas (requests per calendar window). */
export interface Directory {
  services: ReadonlyMap<string, { owner: string, contact: string }>
  partners: readonly PartnerEntry[]
}

export interface PartnerEntry {
  name: string
  owner?: string
  contact: string
  quotas: { minute?: number, hourly?: number, daily?: number, monthly?: number }
}

/** The threshold of a subject in requests, ms or as a ratio; undefined when its partner has no such quota. */
export type Thresholds = (subject: Subject) => number | undefined

/** Resolves a rule's thresholds against the directory as it is now. */
export function thresholdsOf (rule: Rule, directory: Directory): Thresholds {
  const { above } = rule
  if (typeof above === 'number') return () => above
  const { quota } = quotaOf[above]
  const quotas = new Map(directory.partners.map((partner) => [partner.name, partner.quotas[quota]]))
  return (subject) => quotas.get(subject.partner)
}

/** The lowest threshold that any subject can have, or undefined when none has one: what lies below needs no closer look. */
export function lowestThreshold (rule: Rule, directory: Directory): number | undefined {
  if (typeof rule.above === 'number') return rule.above
  const { quota } = quotaOf[rule.above]
  const limits = directory.partners.flatMap((partner) => partner.quotas[quota] ?? [])
  return limits.length === 0 ? undefined : limits.reduce((a, b) => Math.min(a, b))
}

/** Who answers for a subject: the service's owner if it names a service, else the partner's; whom to tell likewise. */
export function describeSubjects (directory: Directory): (subject: Subject) => { owner: string, contact: string } {
  const partners = new Map(directory.partners.map((partner) => [partner.name, partner]))
  return ({ service, partner }) => {
    const found = directory.services.get(service) ?? partners.get(partner)
    return { owner: found?.owner ?? '', contact: found?.contact ?? '' }
  }
}
