import { textOf } from './field.ts'
import type { JsonObject } from './field.ts'
import { queryValues } from './http.ts'

/** Header and query values that the configuration allows to leave: everything else of them is dropped at decoding. */
export interface LabelOptions {
  /** Names of request headers, kept as label `header.<name>` (lower case). */
  headers?: readonly string[]
  /** Names of query parameters, kept as label `query.<name>`. */
  query?: readonly string[]
}

/** Picks the allowed header and query values of one request, whole and unscrubbed. */
export type LabelPicker = (headers: JsonObject, target: string) => Record<string, string>

/** Makes a picker; without allowed names it gives an empty object at no cost. */
export function createLabelPicker ({ headers = [], query = [] }: LabelOptions): LabelPicker {
  const names = [...new Set(headers.map((name) => name.toLowerCase()))]
  const parameters = new Set(query)
  return (values, target) => {
    const labels: Record<string, string> = {}
    for (const name of names) {
      const value = Object.hasOwn(values, name) ? textOf(values[name]) : ''
      if (value !== '') labels[`header.${name}`] = value
    }
    if (parameters.size === 0) return labels
    for (const [name, value] of queryValues(target, parameters)) labels[`query.${name}`] = value
    return labels
  }
}
