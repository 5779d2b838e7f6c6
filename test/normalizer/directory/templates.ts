/** What documents declare, in the words of the plain rules. */
import { normalForm } from '../oracle.ts'
import type { OracleTemplate } from '../oracle.ts'
import type { Declared, Place } from './documents.ts'
import { pathOf, spanning } from './requests.ts'

/** A key at one place, with the methods that it has there. */
export interface Row extends Place { key: string, path: string, methods: string[] }

/** The templates that could fit a path, for a requested host. */
export type Templates = (host: string, path: string) => OracleTemplate[]

/** Rows in the order of the keys. */
export function rowsOf (declared: readonly Declared[]): Row[] {
  return [...groupBy(declared, ({ key }) => key)].flatMap(([key, operations]) => {
    const spans = new Set(operations.flatMap((operation) => [...spanning(operation)]))
    const path = pathOf(key).replace(/(?<=\/)\{([^{}]*)\}/g, (whole, expression: string) => spans.has(expression) ? `{${expression}+}` : whole)
    const places = operations.flatMap(({ servers, method }) => servers.map((server) => ({ ...server, method })))
    const groups = groupBy(places, ({ host, base, pattern }) => `${host} ${base} ${pattern}`)
    return [...groups.values()].map((group) => {
      const { host, base, pattern } = group[0]!
      return { key, path, host, base, pattern, methods: group.map(({ method }) => method).filter((method) => method !== '') }
    })
  })
}

/** Ranks rows by the requested host, and leaves out what cannot fit. A host that is not one of `hosts` says nothing. */
export function templatesOf (rows: readonly Row[], hosts: ReadonlySet<string> = hostsOf(rows)): Templates {
  const known = new Map<string, Map<number, OracleTemplate[]>>()
  return (host, path) => {
    const asked = hosts.has(host) ? host : ''
    const templates = known.get(asked) ?? byLength(withoutTwins(rows.map(({ host: own, pattern, ...row }) =>
      ({ ...row, tier: asked === '' ? 0 : tierOf(own, pattern, asked) }))))
    known.set(asked, templates)
    return [...templates.get(segmentsIn(normalForm(path))) ?? [], ...templates.get(anyLength) ?? []]
  }
}

/** All hosts of the rows. */
export function hostsOf (rows: readonly Row[]): Set<string> {
  return new Set(rows.map(({ host }) => host))
}

/** 0 = this very host, 1 = a wildcard of it fits, 2 = any host, 3 = others only. */
function tierOf (own: string, pattern: string, host: string): number {
  if (own === host && (pattern === '*' || !pattern.includes('*'))) return 0
  if (pattern === '*' || pattern === '') return 2
  return new RegExp(`^${pattern.replace(/[.]/g, '\\.').replaceAll('*', '.+')}$`, 'i').test(host) ? 1 : 3
}

const anyLength = -1

/** The plain rules try every template they are given; those of another length can be left out. */
function byLength (templates: readonly OracleTemplate[]): Map<number, OracleTemplate[]> {
  const lengths = new Map<number, OracleTemplate[]>()
  for (const template of templates) {
    const path = template.path ?? template.key
    const fitting = path.includes('+}') ? [anyLength] : [...new Set([segmentsIn(template.base + path), segmentsIn(path)])]
    for (const length of fitting) {
      const list = lengths.get(length)
      if (list === undefined) lengths.set(length, [template])
      else list.push(template)
    }
  }
  return lengths
}

function segmentsIn (path: string): number {
  return path.replace(/\/$/, '').split('/').length
}

/** Hundreds of keys may differ in their suffix only: the first one answers for all. */
function withoutTwins (templates: OracleTemplate[]): OracleTemplate[] {
  return [...groupBy(templates, ({ path, base, tier, methods, key }) =>
    [path, base, tier, /[#?]/.test(key), ...methods].join('\n')).values()].map(([first]) => first!)
}

function groupBy<T> (items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
