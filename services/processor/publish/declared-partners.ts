/** What became of each partner since the store was told last. */

/** A partner as the catalog in use has it. */
export interface DeclaredPartner {
  name: string
  tier: string
  owner: string
  contact: string
  quotas: Readonly<Record<string, number | undefined>>
  consumers: readonly string[]
}

/** A row of `partners`: one version of a partner, valid from a moment (epoch ms; 0: for all time before, too). */
export interface PartnerVersionRow extends DeclaredPartner { valid_from: number, removed: boolean }

/**
 * The versions that lead from what the store has, the newest version of each partner it ever had, to the partners in use.
 * Other values of a known partner are valid from `since` (epoch ms) on, but never before its newest version; a partner that
 * is new is valid for all time. No partners at all change nothing.
 */
export function partnerVersions (
  stored: readonly PartnerVersionRow[], now: readonly DeclaredPartner[], since: number
): PartnerVersionRow[] {
  if (now.length === 0) return []
  const newest = new Map(stored.map((row) => [row.name, row]))
  const named = new Set(now.map(({ name }) => name))
  const gone = stored.filter((row) => !row.removed && !named.has(row.name))
  const later = (row: PartnerVersionRow): number => Math.max(since, row.valid_from + 1)
  return [
    ...now.flatMap(({ name, tier, owner, contact, quotas, consumers }): PartnerVersionRow[] => {
      const known = newest.get(name)
      const partner = { name, tier, owner, contact, quotas, consumers, removed: false }
      if (known === undefined) return [{ ...partner, valid_from: 0 }]
      return valuesOf(known) === valuesOf(partner) ? [] : [{ ...partner, valid_from: later(known) }]
    }),
    ...gone.map((row) => ({ ...row, quotas: {}, removed: true, valid_from: later(row) })),
  ]
}

/** As text; numbers may come as text from the store, and quotas in any order. */
function valuesOf ({ tier, owner, contact, quotas, consumers, removed }: Omit<PartnerVersionRow, 'valid_from'>): string {
  const limits = Object.entries(quotas).filter(([, limit]) => limit !== undefined).map(([quota, limit]) => [quota, String(limit)]).sort()
  return JSON.stringify([tier, owner, contact, limits, consumers, removed])
}
