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
  const { before, holes } = templates.get(route) ?? takeApart(route)
  let path = before
  for (const { placeholder, keys, behind } of holes) path += (valueOf(params, keys) ?? placeholder) + behind
  return path
}

/** A route between its placeholders; `keys` are the names of the parameter that stands for one, the likeliest first. */
interface Template { before: string, holes: Array<{ placeholder: string, keys: string[], behind: string }> }

/** Routes are bounded, and taken apart once; the memory of them is emptied when it is full. */
const templates = new Map<string, Template>()
const mostTemplates = 20_000

function takeApart (route: string): Template {
  const [before = '', ...pieces] = route.split(/(\{[^{}]*\})/)
  const seen = new Map<string, number>()
  const template: Template = { before, holes: [] }
  for (let index = 0; index < pieces.length; index += 2) {
    const placeholder = pieces[index] ?? ''
    const inner = placeholder.slice(1, -1)
    const name = inner.replace(/[+*]$/, '') || inner
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    template.holes.push({ placeholder, keys: [...count > 1 ? [`${name}_${count}`] : [], name, inner], behind: pieces[index + 1] ?? '' })
  }
  if (templates.size >= mostTemplates) templates.clear()
  templates.set(route, template)
  return template
}

function valueOf (params: Readonly<Record<string, string>>, keys: readonly string[]): string | undefined {
  for (let index = 0; index < keys.length; index++) if (Object.hasOwn(params, keys[index]!)) return params[keys[index]!]
  return undefined
}

function redact (name: string, value: string, privacy: Privacy): string {
  return privacy.isSafe(name) ? privacy.clean(value) : privacy.hash(value)
}
