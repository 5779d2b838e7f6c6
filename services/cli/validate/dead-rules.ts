/** Detection rules that can find nothing in what the catalog has. */
import { readFileSync } from 'node:fs'
import type { LoadedCatalog } from '../../processor/catalog/load.ts'
import { quotaOf } from '../../processor/detect/rule.ts'
import type { Rule } from '../../processor/detect/rule.ts'
import type { Finding } from './findings.ts'

/** Names that a partner label has besides those of the partners: callers whom no partner claims, and nobody. */
const everyone = ['unmapped', '']

/** What the rules of one file name and the catalog does not have. `file` is where the rules stand. */
export function findDeadRules (rules: readonly Rule[], catalog: LoadedCatalog, file: string): Finding[] {
  const known = namesOf(catalog)
  const lines = new Map<string, number>()
  const lineOf = (name: string): number => lines.get(name) ?? findLine(file, name, lines)
  return rules.flatMap((rule) => [...problemsOf(rule, known)].map(({ code, severity, message }) =>
    ({ severity, code, file, line: lineOf(rule.name), where: '', message: `rule "${rule.name}": ${message}`, hint: '' })))
}

interface Known { services: Set<string>, routes: Set<string>, partners: Set<string>, quotas: Set<string> }

function namesOf ({ endpoints, services, aliases, gateway, partners }: LoadedCatalog): Known {
  const backends = [...endpoints, ...gateway.gateway.rules.map(({ route }) => route)].map(({ service }) => service)
  return {
    services: new Set([...services.keys(), ...aliases.values(), ...backends]),
    routes: new Set(endpoints.map((endpoint) => endpoint.route)),
    partners: new Set(partners.map((partner) => partner.name)),
    quotas: new Set(partners.flatMap((partner) => Object.keys(partner.quotas))),
  }
}

type Problem = Pick<Finding, 'code' | 'severity' | 'message'>

/** A catalog without services, operations or partners says nothing of them. */
function * problemsOf ({ where, above }: Rule, { services, routes, partners, quotas }: Known): Generator<Problem> {
  const { service, route, partner } = where
  if (service !== undefined && service !== '' && services.size > 0 && !services.has(service)) {
    yield { code: 'rule-service', severity: 'warning', message: `neither documents nor gateway have the service "${service}"` }
  }
  // Undeclared paths get routes as well, but nobody can know which.
  if (route !== undefined && routes.size > 0 && !routes.has(route)) {
    yield { code: 'rule-route', severity: 'warning', message: `no document declares the route "${route}"` }
  }
  if (partner !== undefined && partners.size > 0 && ![...everyone, ...partners].includes(partner)) {
    yield { code: 'rule-partner', severity: 'error', message: `there is no partner "${partner}"` }
  }
  if (typeof above === 'number' || partners.size === 0) return
  const { quota } = quotaOf[above]
  if (!quotas.has(quota)) yield { code: 'rule-quota', severity: 'error', message: `no partner has the quota ${above}` }
}

function findLine (file: string, name: string, lines: Map<string, number>): number {
  const pattern = new RegExp(`\\bname"?:\\s*["']?${name.replaceAll('.', '\\.')}(?![\\w.-])`)
  const line = readFileSync(file, 'utf8').split('\n').findIndex((text) => pattern.test(text)) + 1
  lines.set(name, line)
  return line
}
