/**
 * The rules of matching, said once more in the plainest way: try every template with a regular expression, then compare
 * those that fit segment by segment. Slow and obvious; the tree is held against it.
 */
export interface OracleTemplate {
  base: string
  /** What an answer names. */
  key: string
  methods: readonly string[]
  /** The path of the key, where the key holds more than that. */
  path?: string
  /** How well its hosts fit the requested one: 0 = this very host, 2 = no host declared, 3 = other hosts only. */
  tier?: number
}
export interface OracleAnswer { outcome: 'matched' | 'method_not_declared' | 'unmatched', key: string }

interface Candidate { template: OracleTemplate, order: number, rank: number, text: string, derived: number, declares: number }

/** What the rules say for one document. Paths may hold `{x}`, mixed segments and `{x+}` as a whole segment. */
export function ask (templates: readonly OracleTemplate[], method: string, target: string): OracleAnswer {
  const path = normalForm(target)
  const candidates = templates.flatMap((template, order) => fitsOf(template, order, path))
    .map((candidate) => ({ ...candidate, declares: declaresIn(templates, candidate.template, method) }))
    .filter((candidate) => candidate.rank < 12 || (candidate.declares === 1 && namesMore(candidate)))
  candidates.sort((a, b) => a.rank - b.rank || compareText(a.text, b.text) || b.declares - a.declares ||
    a.derived - b.derived || suffix(a) - suffix(b) || a.order - b.order)
  const best = candidates[0]
  if (best === undefined) return { outcome: 'unmatched', key: '' }
  if (best.declares === 1) return { outcome: 'matched', key: best.template.key }
  const crossing = candidates.find(({ declares, rank, text }) => declares === 1 && rank === best.rank && crosses(text, best.text))
  return crossing === undefined ? { outcome: 'method_not_declared', key: best.template.key } : { outcome: 'matched', key: crossing.template.key }
}

/** One that lacks the method gives way to one of the same rank that says more somewhere, seen from either end. */
function crosses (text: string, best: string): boolean {
  const [own, rival] = [text, best].map((form) => form.split('/').slice(1))
  return saysMore(own!, rival!) || saysMore(own!.toReversed(), rival!.toReversed())
}

function saysMore (own: readonly string[], rival: readonly string[]): boolean {
  for (let index = 0; index < Math.min(own.length, rival.length); index++) {
    const [mine, theirs] = [own[index]!, rival[index]!]
    if (kindOf(mine) === 3) return false
    if (kindOf(mine) < kindOf(theirs)) return true
    // Of two mixed segments, one that fits the other's own text says no more than it.
    if (kindOf(mine) === 1 && kindOf(theirs) === 1 && !expressionOf(mine).test(theirs.replace(/\{[^}]*\}/g, '{}'))) return true
  }
  return false
}

/** Escaped unreserved characters are decoded, other escapes written in upper case, dot segments resolved. */
export function normalForm (target: string): string {
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  const text = decodeUnreserved(path)
  const kept: string[] = []
  for (const [index, part] of text.split('/').slice(1).entries()) {
    const last = index === text.split('/').length - 2
    if (part === '..') kept.pop()
    if (part !== '.' && part !== '..') kept.push(part)
    else if (last) kept.push('')
  }
  return `/${kept.join('/')}`
}

function decodeUnreserved (text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase()
  }).replace(/[^A-Za-z0-9._~!$&'()*+,;=:@%/{}-]+/g, (others) => encodeURIComponent(others))
}

/** With base path before without, exact before the other trailing slash. */
function fitsOf (template: OracleTemplate, order: number, path: string): Array<Omit<Candidate, 'declares'>> {
  const other = path === '/' ? path : path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  return formsOf(template).flatMap((form) => {
    if (!path.startsWith(form.start)) return []
    if (form.expression.test(path)) return [{ template, order, ...form }]
    return form.expression.test(other) ? [{ template, order, ...form, rank: form.rank + 1 }] : []
  })
}

interface OracleForm { text: string, rank: number, derived: number, start: string, expression: RegExp }

const known = new WeakMap<OracleTemplate, OracleForm[]>()

function formsOf (template: OracleTemplate): OracleForm[] {
  const own = template.path ?? template.key
  const texts = template.base === '' ? [own] : [template.base + own, own]
  const forms = known.get(template) ?? texts.flatMap((form, index) => singles(form).map((text, derived) =>
    ({ text, rank: (template.tier ?? 0) * 4 + (index === 1 || template.base.startsWith('/{') ? 2 : 0), derived, start: startOf(text), expression: expressionOf(text) })))
  known.set(template, forms)
  return forms
}

/** A parameter that may span segments ranks as any other when it holds one. */
function singles (form: string): string[] {
  if (!form.includes('+}')) return [form]
  // `{x+}:verb` spans all segments but the last, which holds the rest of it.
  return [form.replace(/\{([^{}]*)\+\}(?=[^/])/g, '{$1+}/{$1}'), form.replaceAll('+}', '}')]
}

/** What every fitting path begins with. */
function startOf (text: string): string {
  return decodeUnreserved(text.replace(/\{.*$/s, '')).replace(/\/$/, '')
}

function expressionOf (template: string): RegExp {
  const source = template.replace(/\}\{/g, '').split(/(\{[^}]*\})/).map((part) => {
    if (!part.startsWith('{')) return decodeUnreserved(part).replace(/[.*+?^$()[\]|\\{}]/g, '\\$&')
    return part.endsWith('+}') ? '[^/]+(?:(?:/[^/]*)*?/[^/]+)??' : '[^/]+?'
  }).join('')
  return new RegExp(`^${source}$`)
}

/** Negative when `a` is more specific: the first segment that differs in kind decides. */
function compareText (a: string, b: string): number {
  const left = a.split('/')
  const right = b.split('/')
  for (let index = 1; index < Math.min(left.length, right.length); index++) {
    const difference = kindOf(left[index]!) - kindOf(right[index]!) || compareMixed(left[index]!, right[index]!)
    if (difference !== 0) return difference
  }
  // Where one ends in a parameter that spans segments, the other goes on with more to say.
  return right.length - left.length
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

function suffix ({ template }: Candidate): number {
  return /[#?]/.test(template.key) ? 1 : 0
}

/** Another host's document answers only for a path that names more than a version. */
function namesMore ({ text }: { text: string }): boolean {
  return text.split('/').some((segment) => kindOf(segment) === 0 && !/^(?:api|rest|v?\d+(?:\.\d+)*(?:(?:alpha|beta)\d*)?)?$/i.test(segment))
}

/** The same key may stand at several servers, its methods shared out among them. */
function declaresIn (templates: readonly OracleTemplate[], template: OracleTemplate, method: string): number {
  const { key } = template
  if (template.methods.includes(method) || template.methods.includes('*')) return 1
  const all = templates.filter((other) => other.key === key)
  const has = (wanted: string): boolean => all.some(({ methods }) => methods.includes(wanted))
  return has(method) || has('*') || (method === 'HEAD' && has('GET')) ? 1 : 0
}
