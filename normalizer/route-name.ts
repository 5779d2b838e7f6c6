/**
 * Route names of gateways that carry a path template: `%ROUTE_NAME%` of Envoy where people put one, AWS' `routeKey`,
 * APISIX' `uri` (https://apisix.apache.org/docs/apisix/router-radixtree/), Traefik's rules
 * (https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/), and what frameworks
 * write. A name that only has a slash in it, such as `httproute/shop/orders/rule/0`, is none.
 */
import { readPattern } from './route-pattern.ts'

/** What a route name says of a path. */
export interface RouteName {
  /** Upper case; '' when the name tells none. */
  method: string
  /** In the form of OpenAPI, with `{name+}` for a parameter that spans segments; a final `/{*}` stands for any rest, or none. */
  template: string
}

const longest = 256

/** Reads a route name; undefined when it carries no template, or nothing but one for every path. Linear in its length. */
export function readRouteName (name: unknown): RouteName | undefined {
  if (typeof name !== 'string' || name.length < 2 || name.length > longest) return undefined
  const text = lastRouter(name)
  if (/\w\(\s*[`"]/.test(text)) return readRule(text)
  const [, verb = '', host = '', rest = ''] = /^(?:\[?([A-Za-z]{3,7}|\*)\]?[ :]\s*)?([\w.*-]+(?::\d+)?(?=\/))?(.*)$/.exec(text) ?? []
  const method = methods.has(verb.toUpperCase()) ? verb.toUpperCase() : ''
  if (verb !== '' && method === '') return undefined
  // A host may stand before a path only behind a method, as in Go's patterns.
  return compose(method, method !== '' && host.includes('.') ? rest : host + rest)
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'ANY', 'ALL', '*'])

/** Traefik joins nested routers with ` -> `, and puts the provider behind an `@`. */
function lastRouter (name: string): string {
  const router = name.slice(name.lastIndexOf(' -> ') + 1).replace(/^-> /, '')
  return router.replace(/(?<=[^/])@(?:file|docker|swarm|internal|kubernetes\w*|consul\w*|ecs|nomad|redis|etcd|http|rest|zookeeper)$/, '').trim()
}

/** Traefik's rule language: one matcher of paths, and no doubt about it. */
function readRule (rule: string): RouteName | undefined {
  const matchers = [...rule.matchAll(/(!?)\b(Path|PathPrefix|PathRegexp)\(\s*(`[^`]*`|"[^"]*")\s*\)/g)]
  const [matcher] = matchers
  if (matcher === undefined || matchers.length > 1 || matcher[1] === '!' || rule.includes('||') || /Path\w*\([^)]*[`"]\s*,/.test(rule)) return undefined
  const verbs = [...rule.matchAll(/\bMethod\(\s*[`"]([A-Za-z]+)[`"]\s*\)/g)]
  const path = matcher[3]!.slice(1, -1)
  const whole = matcher[2] === 'PathPrefix' ? `${path.replace(/\/$/, '')}/*` : matcher[2] === 'PathRegexp' && !path.startsWith('^') ? '' : path
  return compose(verbs.length === 1 ? verbs[0]![1]!.toUpperCase() : '', whole)
}

function compose (method: string, text: string): RouteName | undefined {
  const template = isPattern(text) ? readPattern(text) : readTemplate(text)
  if (template === undefined || template === '/{*}' || !/^(?:\/(?:[\w.~!$&'()+,;=:@%-]|\{[\w.*-]+\+?\})*)+$/.test(template)) return undefined
  return { method: ['ANY', 'ALL', '*'].includes(method) ? '' : method, template }
}

function isPattern (text: string): boolean {
  return /^~|^\^|\(\?P?<|\[\^\/|\\d|\\w/.test(text) && !/[{:]\w+[:(]/.test(text)
}

/** The forms of frameworks: `{id}`, `:id`, `<int:id>`, `[id]`, `*`, `*rest`, each with its own way to span segments. */
function readTemplate (text: string): string | undefined {
  if (/\s/.test(text)) return undefined
  const bare = text.replace(/\(\.:?\w+\)\??$/, '').replace(/\/?\{\$\}$/, '')
  const open = bare.startsWith('/')
  // Without a slash in front only a parameter tells a path from a name.
  if (!open && (!/[{<]\w/.test(bare) || !bare.includes('/'))) return undefined
  const segments = (open ? bare.slice(1) : bare).split('/')
  const read = segments.map((segment, index) => readSegment(segment, index === segments.length - 1))
  return read.includes(undefined) ? undefined : `/${read.join('/')}`
}

function readSegment (segment: string, last: boolean): string | undefined {
  if (segment === '*' || segment === '**') return last || segment === '*' ? '{*}' : undefined
  const named = segment
    .replace(/\{\*{0,2}([\w-]+(?:\.[\w-]+)*)(\*\*?|\+|\.\.\.)?(?:[:=]([^{}]*(?:\{[\d,]*\}[^{}]*)*))?\??\}/g, (whole, name: string, spans = '', type = '') =>
      hole(name, spans !== '' || whole.startsWith('{*') || /^(?:\.[*+]|path|\*\*?)$/.test(String(type))))
    .replace(/<(?:(\w+)(?:\([^()<>]*\))?:)?(\w+)>/g, (_, type: string | undefined, name: string) => hole(name, type === 'path'))
    .replace(/\[{1,2}(\.\.\.)?([\w-]+)\]{1,2}/g, (_, spans: string | undefined, name: string) => hole(name, spans !== undefined))
    .replace(/(^|[-.~])([:*])(\w+)(?:\([^()]*\))?([?*+])?/g, (_, before: string, sign: string, name: string, spans: string | undefined) =>
      before + hole(name, sign === '*' || spans === '*' || spans === '+'))
  return /[<>[\]|^\\"`*]/.test(named) || /^\.\.?$/.test(named) || (named.includes('+}') && (!last || !/^\{[^{}]*\}$/.test(named))) ? undefined : named
}

function hole (name: string, spans: boolean): string {
  return `{${name}${spans ? '+' : ''}}`
}
