/** What lint looks at: each declared operation with the forms that it can be asked for in. */
import type { Endpoint, Form } from '../endpoint.ts'
import type { Declared, Mount } from '../forms.ts'
import type { TemplateRecord } from '../branch.ts'

/** One operation at one group of servers. */
export interface Subject {
  endpoint: Endpoint
  record: TemplateRecord
  mount: Mount
  /** Its template below each base path. */
  full: readonly Form[]
  /** Its template without base path, where it has one. */
  stripped: readonly Form[]
}

/** All operations in the order of documents and keys. */
export function subjectsOf ({ branches, mounts }: Declared): Subject[] {
  const records = new Map<TemplateRecord, { full: Form[], stripped: Form[] }>()
  for (const { record, form, stripped, derived } of branches) {
    if (derived === 1) continue
    const forms = records.get(record) ?? { full: [], stripped: [] }
    records.set(record, forms)
    forms[stripped === 1 ? 'stripped' : 'full'].push(form)
  }
  return [...records].flatMap(([record, forms]) =>
    ownOperations(record).map((endpoint) => ({ endpoint, record, mount: mounts[record.mount]!, ...forms })))
}

/** The method to ask for an operation with; one that nobody declares for those that answer any. */
export function askedMethod ({ method }: Endpoint): string {
  return method === '*' ? 'ANY-METHOD' : method
}

/** `GET /users/{id}`, as messages name an operation. */
export function nameOf ({ method, template }: Endpoint): string {
  return method === '' ? template : `${method === '*' ? 'any method of' : method} ${template}`
}

/** A fallback (HEAD from GET, any method) stands in the table several times. */
function ownOperations ({ byMethod }: TemplateRecord): Endpoint[] {
  return [...new Set(byMethod.filter((endpoint) => endpoint !== undefined))]
}
