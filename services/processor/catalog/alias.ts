import type { BackstageApi, GatewayRule, Normalizer } from '../../../normalizer/index.ts'

/**
 * The catalog service behind each name that a gateway gives to a backend, so that undeclared traffic has an owner too: a
 * component that provides an API of that name, else the one service whose endpoints all routes of the backend lead to.
 */
export function gatewayAliases (
  apis: readonly BackstageApi[], rules: readonly GatewayRule[], normalizer: Normalizer
): Map<string, string> {
  const aliases = new Map<string, string>()
  for (const [name, services] of servedBy(rules, normalizer)) {
    const [service, ...more] = services
    if (service !== undefined && more.length === 0) aliases.set(name, service)
  }
  for (const { name, providers } of apis) if (providers[0] !== undefined) aliases.set(name, providers[0])
  return aliases
}

/** Which services each backend serves: every endpoint is asked for with sample values, as a client would. */
function servedBy (rules: readonly GatewayRule[], normalizer: Normalizer): Map<string, Set<string>> {
  const served = new Map<string, Set<string>>()
  if (rules.length === 0) return served
  for (const { method, route, service } of normalizer.endpoints) {
    const { gateway, endpoint } = normalizer.match({ method, path: route.replace(/\{[^{}]*\}/g, 'x') })
    if (gateway === undefined || gateway.service === '' || endpoint?.service !== service) continue
    served.set(gateway.service, (served.get(gateway.service) ?? new Set()).add(service))
  }
  return served
}
