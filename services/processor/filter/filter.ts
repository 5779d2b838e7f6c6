import { z } from 'zod'
import type { Filter } from '../contract.ts'
import type { NormalizedEvent } from '../event.ts'

const text = z.string().min(1).optional()

const ruleSchema = z.strictObject({
  service: text,
  route: text.describe('The bounded route, such as /v1/orders/{id}.'),
  method: text,
  path: text.describe('The path without query; * stands for any text, also with slashes.'),
  status: z.number().int().min(0).max(999).optional(),
  consumer: text,
}).refine((rule) => Object.keys(rule).length > 0, 'an empty rule would drop everything; name at least one key')

/** Rules for what to drop, such as health checks: a request is dropped when all keys of one rule hold. */
export const filterSchema = z.array(ruleSchema).default([])

/** The checked form of {@link filterSchema}. */
export type FilterRules = z.output<typeof filterSchema>

type Test = (event: NormalizedEvent) => boolean

/** Makes the filter of a list of rules: true for an event that one of them drops. Values compare exactly. */
export function createFilter (rules: FilterRules): Filter {
  const tests = rules.map(compileRule)
  return (event) => tests.some((test) => test(event))
}

function compileRule (rule: FilterRules[number]): Test {
  const tests = (['service', 'route', 'method', 'status', 'consumer'] as const).flatMap((key): Test[] => {
    const wanted = rule[key]
    return wanted === undefined ? [] : [(event) => event[key] === wanted]
  })
  if (rule.path !== undefined) tests.push(compilePath(rule.path))
  return (event) => tests.every((test) => test(event))
}

function compilePath (pattern: string): Test {
  const parts = pattern.split('*')
  return (event) => fits(pathOf(event.target), parts)
}

/** Glob matching without a regular expression, so that no pattern can be slow: each part is looked for from the left. */
function fits (path: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return path === first
  if (!path.startsWith(first) || !path.endsWith(last) || path.length < first.length + last.length) return false
  const end = path.length - last.length
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = path.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

function pathOf (target: string): string {
  const cut = target.search(/[?#]/)
  const path = cut === -1 ? target : target.slice(0, cut)
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/'
}
