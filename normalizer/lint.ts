/** Findings across templates: what matches deterministically, but not as its author may have meant. */
import type { Branch } from './branch.ts'
import type { Problem } from './endpoint.ts'
import { shapeOf } from './template.ts'

/** Same-shape templates of one document that declare the same method, and templates that differ by a trailing slash. */
export function lintTemplates (branches: readonly Branch[]): Problem[] {
  const problems: Problem[] = []
  const shapes = new Map<string, Branch[]>()
  // Keys with a suffix are findings of their own.
  for (const branch of branches.filter(({ derived, stripped, record }) => derived === 0 && stripped === 0 && !record.suffixed)) {
    const { record, form } = branch
    const place = `${record.document} ${record.mount} `
    const shape = place + shapeOf(form.segments, form.slash)
    const earlier = shapes.get(shape)
    if (earlier === undefined) shapes.set(shape, [branch])
    else if (earlier[0]!.record.path.where !== record.path.where) {
      problems.push(...sameShape(earlier, branch))
      earlier.push(branch)
    }
    const twin = shapes.get(place + shapeOf(form.segments, !form.slash))
    if (twin !== undefined && form.segments.length > 0) problems.push(trailingSlash(twin[0]!, branch))
  }
  return unique(problems)
}

/** Each method is taken by the first template that declares it. */
function sameShape (earlier: readonly Branch[], branch: Branch): Problem[] {
  const taken = new Map<Branch, Set<string>>()
  for (const [method, endpoint] of branch.record.byMethod.entries()) {
    const first = endpoint === undefined ? undefined : earlier.find(({ record }) => record.byMethod[method] !== undefined)
    if (endpoint === undefined || first === undefined) continue
    taken.set(first, (taken.get(first) ?? new Set()).add(endpoint.method))
  }
  return [...taken].map(([first, methods]) => problem('error', 'same-shape', branch,
    `${branch.record.path.template} accepts the same paths as ${first.record.path.template} (${[...methods].join(', ')}); the first one is taken. ` +
    'Describe both as one path, or give one a segment of its own.'))
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
