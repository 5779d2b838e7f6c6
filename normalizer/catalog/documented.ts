/** What operations say beyond routing and lint wants to know: values of path parameters, and what follows a deprecated one. */
import type { ParameterValues } from '../endpoint.ts'
import { isObject, listOf, resolve, textOf } from './references.ts'
import type { Json } from './references.ts'

/** Values that the document names for path parameters: enum, const, example(s) and default; parameters without any are left out. */
export function documentedValues (root: Json, parameters: readonly Json[]): ParameterValues[] {
  const byName = new Map<string, ParameterValues>()
  for (const parameter of parameters) {
    const values = valuesOf(root, parameter)
    const name = textOf(parameter.name).replace(/[*+]$/, '')
    // What stands at the operation comes last and wins.
    if (values !== undefined) byName.set(name, { name, ...values })
  }
  return [...byName.values()]
}

/**
 * True when a deprecated operation says what comes after it: an extension that names a successor or a date, one of the
 * response headers Sunset (RFC 8594), Deprecation (RFC 9745) and Link (RFC 8288), or words to that effect.
 */
export function namesSuccessor (root: Json, operation: Json): boolean {
  const extensions = Object.entries(operation).filter(([key]) => key.startsWith('x-'))
  const keys = extensions.flatMap(([key, value]) => isObject(value) ? [key, ...Object.keys(value)] : [key])
  return keys.some((key) => successorKey.test(key)) || hasHeader(root, operation.responses) ||
    [operation.summary, operation.description].some((text) => successorWords.test(textOf(text)))
}

const successorKey = /successor|sunset|replace|supersed|alternative|removal|end-?of-?life|deprecation|deprecated-?(?:by|date|since|message|reason|description|use)/i
const successorHeader = /^(?:sunset|deprecation|link)$/i
const successorWords = new RegExp('\\b(?:instead|replac(?:e|es|ed|ement|ing)|supersed(?:e|es|ed)|successor|in favou?r of|migrat(?:e|ed|ing|ion)|switch(?:ing)? to|' +
  'please use|should use|use the|moved to|new (?:api|endpoints?|method|operation|version)|sunset|(?:be|is|are) removed|removed (?:in|on|from)|' +
  'discontinue[ds]?|retired?|no longer|end[- ]of[- ]life|alternatives?|updated version|' +
  'recommend(?:ed|s)?(?: \\w+){0,3} (?:using|use|endpoint|method|operation))\\b|(?:^|[.:,;(]\\s*)use ', 'i')

function hasHeader (root: Json, responses: unknown): boolean {
  if (!isObject(responses)) return false
  return Object.values(responses).some((response) => {
    const headers = resolve(root, response)?.headers
    return isObject(headers) && Object.keys(headers).some((name) => successorHeader.test(name))
  })
}

function valuesOf (root: Json, parameter: Json): Omit<ParameterValues, 'name'> | undefined {
  // In Swagger 2.0 the parameter is its own schema.
  const holders = [parameter, resolve(root, parameter.schema)].filter((holder) => holder !== undefined)
  const closed = holders.flatMap((holder) => holder.const === undefined ? listOf(holder.enum) : [holder.const])
  const values = texts(closed)
  if (values.length > 0) return { values, closed: true }
  const open = texts(holders.flatMap((holder) =>
    [holder.example, holder['x-example'], ...listOf(holder.examples), ...namedExamples(root, holder.examples), holder.default]))
  return open.length === 0 ? undefined : { values: open, closed: false }
}

function namedExamples (root: Json, examples: unknown): unknown[] {
  return isObject(examples) ? Object.values(examples).map((example) => resolve(root, example)?.value) : []
}

/** Texts that can stand in a path; dot segments cannot. */
function texts (values: readonly unknown[]): string[] {
  return [...new Set(values.map(textOf))].filter((text) => text !== '' && text !== '.' && text !== '..')
}
