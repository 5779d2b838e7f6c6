import type { Directory } from '../../processor/detect/directory.ts'
import { quotaOf, quotaThresholds, rulesFileSchema } from '../../processor/detect/rule.ts'
import type { Rule } from '../../processor/detect/rule.ts'
import { loadConfig } from '../../runtime/config.ts'
import type { ConfigFile } from '../processor-config.ts'

/** The rules of a processor configuration: those that stand in it, or those of the file that it names. */
export function rulesOf ({ settings, rulesFile }: ConfigFile): Rule[] {
  return typeof settings.rules === 'string' ? loadRules(rulesFile ?? settings.rules) : settings.rules
}

/** Reads a rules file. Throws CONFIG_NOT_FOUND, CONFIG_SYNTAX or CONFIG_INVALID with file and line. */
export function loadRules (path: string): Rule[] {
  return loadConfig(path, rulesFileSchema).rules
}

/** What is worth a look in any log: failing or slow services, rate limits, undocumented use; and the partners' quotas. */
export function defaultRules (directory: Directory): Rule[] {
  const quotas = quotaThresholds.map((above) => ({
    name: `partner-${quotaOf[above].quota}-quota`, measure: 'requests', by: ['partner'], over: quotaOf[above].text, above, severity: 'page',
  }))
  const { rules } = rulesFileSchema.parse({ rules: [...quotas, ...watched] })
  // A quota that no partner has would only cost memory: one count a partner and window.
  const used = new Set(directory.partners.flatMap((partner) => Object.keys(partner.quotas)))
  return rules.filter(({ above }) => typeof above === 'number' || used.has(quotaOf[above].quota))
}

const watched = [
  { name: 'error-ratio', measure: 'error_ratio', by: ['service'], over: '5m', above: 0.05, min_requests: 50, severity: 'page' },
  { name: 'slow-service', measure: 'p95', by: ['service'], over: '5m', above: 1000, min_requests: 50 },
  { name: 'rate-limited', measure: 'rate_limited', by: ['service'], over: '5m', above: 100, severity: 'info' },
  { name: 'undocumented-use', measure: 'undocumented', by: ['service'], over: '1h', above: 100, severity: 'info' },
]
