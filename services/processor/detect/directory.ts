import type { Breach, Subject } from './breach.ts'
import { limitAt, limitVersions, versionsOf } from './quota-history.ts'
import type { LimitVersions, PartnerVersion, Quotas } from './quota-history.ts'
import { quotaOf } from './rule.ts'
import type { Rule } from './rule.ts'

/** What detection needs of the catalog: who answers for whom, and the partners' quotas (requests per calendar window). */
export interface Directory {
  services: ReadonlyMap<string, { owner: string, contact: string }>
  partners: readonly PartnerEntry[]
  /** When this catalog came into use, epoch ms: quotas that the store has otherwise are valid from then on. */
  compiledAt?: number
}

export interface PartnerEntry {
  name: string
  owner?: string
  contact: string
  quotas: Quotas
}

/** The thresholds of a rule: a number for everybody at all times, or the limits of each partner that ever had such a quota. */
export type Thresholds = number | ReadonlyMap<string, LimitVersions>

/** The thresholds of a rule, as the directory has them and as they were before (`stored`: what the store knows). */
export function thresholdsOf (rule: Rule, directory: Directory, stored: readonly PartnerVersion[] = []): Thresholds {
  if (typeof rule.above === 'number') return rule.above
  return limitVersions(versionsOf(directory, stored), quotaOf[rule.above].quota)
}

/** The threshold that a breach exceeded when it opened; `opened_at` is the start of the window (or its part) that opened it. */
export function openingLimit (thresholds: Thresholds, { partner, opened_at: at, threshold }: OpeningBreach): number {
  const versions = typeof thresholds === 'number' ? undefined : thresholds.get(partner)
  return versions === undefined ? threshold : limitAt(versions, at)
}

type OpeningBreach = Pick<Breach, 'partner' | 'opened_at' | 'threshold'>

/** Who answers for a subject: the service's owner if it names a service, else the partner's; whom to tell likewise. */
export function describeSubjects (directory: Directory): (subject: Subject) => { owner: string, contact: string } {
  const partners = new Map(directory.partners.map((partner) => [partner.name, partner]))
  return ({ service, partner }) => {
    const found = directory.services.get(service) ?? partners.get(partner)
    return { owner: found?.owner ?? '', contact: found?.contact ?? '' }
  }
}
