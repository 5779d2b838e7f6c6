/**
 * The rules of matching, said once more in the plainest way: try every template with a regular expression, then compare
 * those that fit segment by segment. Slow and obvious; the tree is held against it.
 */
export interface OracleTemplate { base: string, key: string, methods: string[] }
export interface OracleAnswer { outcome: 'matched' | 'method_not_declared' | 'unmatched', key: string }

interface Candidate { template: OracleTemplate, order: number, rank: number, text: string }

/** What the rules say for one document. Keys may hold `{x}`, mixed segments and `{x+}` as a whole segment. */
export function ask (templates: readonly OracleTemplate[], method: string, path: string): OracleAnswer {
  const candidates = templates.flatMap((template, order) => fitsOf(template, order, path))
  candidates.sort((a, b) =>
    a.rank - b.rank || compareText(a.text, b.text) || declares(b, method) - declares(a, method) || a.order - b.order)
  const best = candidates[0]
  if (best === undefined) return { outcome: 'unmatched', key: '' }
  return { outcome: declares(best, method) === 1 ? 'matched' : 'method_not_declared', key: best.template.key }
}

/** With base path before without, exact before the other trailing slash. */
function fitsOf (template: OracleTemplate, order: number, path: string): Candidate[] {
  const forms = template.base === '' ? [template.key] : [template.base + template.key, template.key]
  return forms.flatMap((text, index) => {
    const other = path === '/' ? path : path.endsWith('/') ? path.slice(0, -1) : `${path}/`
    if (expressionOf(text).test(path)) return [{ template, order, rank: index * 2, text }]
    return expressionOf(text).test(other) ? [{ template, order, rank: index * 2 + 1, text }] : []
  }).slice(0, 1)
}

const expressions = new Map<string, RegExp>()

function expressionOf (template: string): RegExp {
  const known = expressions.get(template)
  if (known !== undefined) return known
  const source = template.split(/(\{[^}]*\})/).map((part) => {
    if (!part.startsWith('{')) return part.replace(/[.*+?^$()[\]|\\{}]/g, '\\$&')
    return part.endsWith('+}') ? '[^/]+(?:/[^/]+)*?' : '[^/]+?'
  }).join('')
  const expression = new RegExp(`^${source}$`)
  expressions.set(template, expression)
  return expression
}

/** Negative when `a` is more specific: the first segment that differs in kind decides. */
function compareText (a: string, b: string): number {
  const left = a.split('/')
  const right = b.split('/')
  for (let index = 1; index < Math.min(left.length, right.length); index++) {
    const difference = kindOf(left[index]!) - kindOf(right[index]!) || compareMixed(left[index]!, right[index]!)
    if (difference !== 0) return difference
  }
  return 0
}

function kindOf (segment: string): number {
  if (!segment.includes('{')) return 0
  if (segment.replace(/\{[^}]*\}/g, '') !== '') return 1
  return segment.endsWith('+}') ? 3 : 2
}

function compareMixed (a: string, b: string): number {
  if (kindOf(a) !== 1) return 0
  const measures = [a, b].map((segment) => {
    const literals = segment.split(/\{[^}]*\}/)
    return [literals[0]!.length, literals[literals.length - 1]!.length, literals.join('').length, -literals.length]
  })
  for (let index = 0; index < 4; index++) {
    const difference = measures[1]![index]! - measures[0]![index]!
    if (difference !== 0) return difference
  }
  return 0
}

function declares (candidate: Candidate, method: string): number {
  const { methods } = candidate.template
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET')) ? 1 : 0
}
