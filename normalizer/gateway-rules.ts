/** The rules of a gateway as plain data that changes threads, with what the documents say of their backends. */
import type { GatewayMap, GatewayPath, GatewayRoute, GatewayRule, Problem } from './endpoint.ts'
import type { Mount } from './forms.ts'
import { createDescriber, text, texts } from './gateway-groups.ts'
import type { Describer } from './gateway-groups.ts'
import { splitPort } from './hosts.ts'
import { normalizeHost, normalizeText } from './path.ts'
import { compilePattern } from './pattern.ts'
import type { MountSet } from './select.ts'

/** One rule. Rules stand in the order in which the gateway asks them. */
export interface PreparedRule {
  readonly route: GatewayRoute
  /** What every path that fits begins with, in normal form. */
  readonly prefix: string
  /** Regular expression, '' for a path without one. */
  readonly pattern: string
  /** What every path that fits the pattern holds behind the prefix. */
  readonly inner: string
  /** What may stand behind the prefix, where there is no pattern: anything, nothing, or what begins with a slash. */
  readonly rest: 'any' | 'nothing' | 'segments'
  readonly hosts: ReadonlyArray<{ readonly name: string, readonly port: string }>
  /** Upper case; none = every method. */
  readonly methods: readonly string[]
  /** Lower-case names, with values and patterns as they stand in the rule. */
  readonly headers: ReadonlyArray<readonly [name: string, values: readonly string[], patterns: readonly string[]]>
  readonly strips: boolean
  /** Path of the service's URL, without a trailing slash. */
  readonly servicePath: string
  /** The documents of the service leave that path out: they declare nothing below it. */
  readonly isMounted: boolean
  /** The groups of servers that describe the service; null = unknown, all may. */
  readonly groups: MountSet | null
}

/** The rules of a map of which nothing is known: what is none is left out. */
export function rulesOf (map: GatewayMap | undefined): GatewayRule[] {
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
  if (!Array.isArray(map?.rules)) return []
  return map.rules.filter((rule: GatewayRule) => isObject(rule) && isObject(rule.route) && isObject(rule.path))
}

/** Prepares the rules of a gateway map, in their order. Junk in the map becomes problems. */
export function prepareGateway (map: GatewayMap | undefined, mounts: readonly Mount[]): { rules: PreparedRule[], problems: Problem[] } {
  const problems: Problem[] = []
  const rules = rulesOf(map)
  if (rules.length === 0) return { rules: [], problems }
  const describer = createDescriber(mounts, rules)
  return { rules: rules.map((rule) => prepareRule(rule, describer, problems)), problems }
}

// No request has such a path (none begins without a slash), so that the route is found by its name alone.
const noPath = '(pattern)'

function prepareRule (rule: GatewayRule, describer: Describer, problems: Problem[]): PreparedRule {
  const { route, path, hosts, methods, headers } = rule
  const form = formOf(path, text(route.name), problems)
  const servicePath = pathOfUrl(route.service_url)
  const groups = describer.groupsOf(rule, form.prefix === noPath ? '' : form.prefix)
  return {
    route,
    ...form,
    hosts: texts(hosts).map((host) => splitPort(normalizeHost(host))),
    methods: texts(methods).map((method) => method.toUpperCase()),
    headers: headersOf(headers),
    strips: rule.strip === true,
    servicePath,
    isMounted: servicePath !== '' && !describer.declaresBelow(groups, servicePath),
    groups,
  }
}

function headersOf (headers: GatewayRule['headers']): PreparedRule['headers'] {
  const given = Array.isArray(headers) ? headers.filter((header) => typeof header === 'object' && header !== null) : []
  return given.map(({ name, values, patterns }) => [text(name).toLowerCase(), texts(values), texts(patterns)] as const)
}

function formOf (path: GatewayPath, route: string, problems: Problem[]): Pick<PreparedRule, 'prefix' | 'pattern' | 'inner' | 'rest'> {
  const plain = { pattern: '', inner: '', rest: 'any' } as const
  if (path.kind === 'any') return { ...plain, prefix: '' }
  const value = 'value' in path ? text(path.value) : ''
  switch (path.kind) {
    case 'prefix': return { ...plain, prefix: normalizeText(value) }
    case 'exact': return { ...plain, prefix: normalizeText(value), rest: 'nothing' }
    case 'segments': return { ...plain, prefix: normalizeText(value).replace(/\/+$/, ''), rest: 'segments' }
    case 'regex': {
      const pattern = compilePattern(value)
      if (pattern !== null) return { ...plain, prefix: pattern.head, pattern: value, inner: pattern.inner }
      const message = `Route ${route}: the pattern ${value} is not understood: only records that name the route find it.`
      problems.push({ severity: 'error', code: 'unsupported-pattern', message, source: 'gateway', where: route })
      return { ...plain, prefix: noPath }
    }
    default: return { ...plain, prefix: noPath }
  }
}

function pathOfUrl (url: unknown): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(text(url))?.[1] ?? ''
  return path.replace(/\/+$/, '')
}
