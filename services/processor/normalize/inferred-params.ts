/**
 * The raw values behind the placeholders of an inferred route, segment by segment: `int`, `int_2`, `uuid`, …; what a
 * final `{*}` or `{proxy+}` swallowed is one value. None where the route does not follow the path (`__other__`).
 */
export function inferredParams (route: string, path: string): Record<string, string> {
  const params: Record<string, string> = {}
  if (!route.includes('{')) return params
  const templates = route.split('/').slice(1)
  // Routes leave out what is empty, such as a trailing slash.
  const values = path.split('/').filter((value) => value !== '')
  const seen = new Map<string, number>()
  templates.forEach((template, i) => {
    const [hole = '', name = ''] = /\{([^{}]*?)\+?\}/.exec(template) ?? []
    if (hole === '') return
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const last = i === templates.length - 1 && values.length > templates.length
    params[count === 1 ? name : `${name}_${count}`] = last ? values.slice(i).join('/') : valueOf(template, hole, values[i] ?? '')
  })
  return params
}

/** What stands in the hole of `{int}.json` or `Users({key})`; the whole segment where it is written another way. */
function valueOf (template: string, hole: string, segment: string): string {
  const before = template.slice(0, template.indexOf(hole))
  const behind = template.slice(before.length + hole.length)
  const fits = segment.length > before.length + behind.length && segment.startsWith(before) && segment.endsWith(behind)
  return fits ? segment.slice(before.length, segment.length - behind.length) : segment
}
