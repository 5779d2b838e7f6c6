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
    const path = pathOf(key).replace(/(?<=\/)\{([^{}]*)\}(?=\/|$)/g, (whole, expression: string) => spans.has(expression) ? `{${expression}+}` : whole)
    const places = operations.flatMap(({ servers, method }) => servers.map((server) => ({ ...server, method })))
    const groups = groupBy(places, ({ host, base, anyHost }) => `${host} ${base} ${anyHost}`)
    return [...groups.values()].map((group) => {
      const { host, base, anyHost } = group[0]!
      return { key, path, host, base, anyHost, methods: group.map(({ method }) => method) }
    })
  })
}

/** Ranks rows by the requested host, and leaves out what cannot fit. A host that no row declares says nothing. */
export function templatesOf (rows: readonly Row[]): Templates {
  const hosts = new Set(rows.map(({ host }) => host))
  const known = new Map<string, Map<number, OracleTemplate[]>>()
  return (host, path) => {
    const asked = hosts.has(host) ? host : ''
    const templates = known.get(asked) ?? byLength(withoutTwins(rows.map(({ host: own, anyHost, ...row }) =>
      ({ ...row, tier: asked === '' || own === asked ? 0 : anyHost ? 2 : 3 }))))
    known.set(asked, templates)
    return [...templates.get(segmentsIn(normalForm(path))) ?? [], ...templates.get(anyLength) ?? []]
  }
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
