/**
 * The raw values behind the placeholders of an inferred route, segment by segment: `int`, `int_2`, `uuid`, …; what a
 * final `{*}` swallowed is one value. None where the route does not follow the path (`__other__`).
 */
export function inferredParams (route: string, path: string): Record<string, string> {
  const params: Record<string, string> = {}
  if (!route.includes('{')) return params
  const templates = route.split('/')
  const values = path.split('/')
  const seen = new Map<string, number>()
  templates.forEach((template, i) => {
    const name = /\{([^{}]*)\}/.exec(template)?.[1]
    if (name === undefined) return
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const last = i === templates.length - 1 && values.length > templates.length
    params[count === 1 ? name : `${name}_${count}`] = last ? values.slice(i).join('/') : values[i] ?? ''
  })
  return params
}
