/** Findings across templates: what matches deterministically, but not as its author may have meant. */
import type { Branch } from './branch.ts'
import type { Problem } from './endpoint.ts'
import { shapeOf } from './template.ts'

/** Same-shape templates of one document that declare the same method, and templates that differ by a trailing slash. */
export function lintTemplates (branches: readonly Branch[]): Problem[] {
  const problems: Problem[] = []
  const shapes = new Map<string, Branch>()
  // Keys with a suffix are findings of their own.
  for (const branch of branches.filter(({ derived, stripped, record }) => derived === 0 && stripped === 0 && !record.suffixed)) {
    const { record, form } = branch
    const place = `${record.document} ${record.mount} `
    const shape = place + shapeOf(form.segments, form.slash)
    const first = shapes.get(shape)
    if (first === undefined) shapes.set(shape, branch)
    else if (first.record.path.where !== record.path.where) problems.push(...sameShape(first, branch))
    const twin = shapes.get(place + shapeOf(form.segments, !form.slash))
    if (twin !== undefined && form.segments.length > 0) problems.push(trailingSlash(twin, branch))
  }
  return unique(problems)
}

function sameShape (first: Branch, second: Branch): Problem[] {
  const shared = second.record.byMethod.flatMap((endpoint, method) =>
    endpoint !== undefined && endpoint.where !== '' && first.record.byMethod[method] !== undefined ? [endpoint.method] : [])
  if (shared.length === 0) return []
  return [problem('error', 'same-shape', second,
    `${second.record.path.template} accepts the same paths as ${first.record.path.template} (${[...new Set(shared)].join(', ')}); the first one is taken. Describe both as one path, or give one a segment of its own.`)]
}

function trailingSlash (first: Branch, second: Branch): Problem {
  return problem('warning', 'trailing-slash-twin', second,
    `${second.record.path.template} differs from ${first.record.path.template} by a trailing slash only, and each is matched exactly first. Keep the one that the service answers.`)
}

function problem (severity: Problem['severity'], code: string, branch: Branch, message: string): Problem {
  const { source, where } = branch.record.path
  return { severity, code, message, source, where }
}

function unique (problems: Problem[]): Problem[] {
  const seen = new Map(problems.map((item) => [`${item.source} ${item.code} ${item.where} ${item.message}`, item]))
  return [...seen.values()]
}
