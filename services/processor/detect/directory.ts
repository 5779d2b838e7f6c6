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

/** The thresholds of a rule as the directory has them now: a number for everybody, or one for each partner with such a quota. */
export function limitsOf (rule: Rule, directory: Directory): number | ReadonlyMap<string, number> {
  if (typeof rule.above === 'number') return rule.above
  const { quota } = quotaOf[rule.above]
  return new Map(directory.partners.flatMap(({ name, quotas }) => quotas[quota] === undefined ? [] : [[name, quotas[quota]]]))
}

/** Who answers for a subject: the service's owner if it names a service, else the partner's; whom to tell likewise. */
export function describeSubjects (directory: Directory): (subject: Subject) => { owner: string, contact: string } {
  const partners = new Map(directory.partners.map((partner) => [partner.name, partner]))
  return ({ service, partner }) => {
    const found = directory.services.get(service) ?? partners.get(partner)
    return { owner: found?.owner ?? '', contact: found?.contact ?? '' }
  }
}
