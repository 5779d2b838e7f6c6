import type { Privacy } from './privacy.ts'

/** Every parameter as its keyed hash; values that the configuration declares safe are only cleaned. */
export function redactParams (params: Readonly<Record<string, string>>, privacy: Privacy): Record<string, string> {
  const safe: Record<string, string> = {}
  for (const name in params) safe[name] = redact(name, params[name] ?? '', privacy)
  return safe
}

/**
 * The route with each `{name}` replaced by that parameter's safe form; a placeholder without a value stays. The second
 * `{int}` of an inferred route is parameter `int_2`; a declared name that comes twice has one value.
 */
export function redactPath (route: string, params: Readonly<Record<string, string>>): string {
  if (!route.includes('{')) return route
  const seen = new Map<string, number>()
  return route.replace(/\{([^{}]*)\}/g, (placeholder, inner: string) => {
    const name = inner.replace(/[+*]$/, '') || inner
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const valueOf = (key: string): string | undefined => Object.hasOwn(params, key) ? params[key] : undefined
    return (count > 1 ? valueOf(`${name}_${count}`) : undefined) ?? valueOf(name) ?? valueOf(inner) ?? placeholder
  })
}

function redact (name: string, value: string, privacy: Privacy): string {
  return privacy.isSafe(name) ? privacy.clean(value) : privacy.hash(value)
}
