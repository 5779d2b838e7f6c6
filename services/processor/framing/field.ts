/** A JSON object of any collector, in which one field holds the record: its text, the object itself, or a list of either. */
import { z } from 'zod'
import { parsePath, pathSchema, pathText, valueAt } from '../decode/json-path.ts'
import { defineFraming } from './definition.ts'
import { contentRecords, parseObject } from './open.ts'

/** The field of an object. */
export const field = defineFraming({
  name: 'field',
  summary: 'JSON objects of which one field holds the record, as text or as an object, or a list of records',
  options: z.strictObject({
    field: pathSchema.describe('Where the record is: keys with dots between them (`log.record`; a dot that belongs to a key is `\\.`), or a list of keys.'),
  }),
  unit: 'value',
  create: ({ field: written }) => {
    const path = parsePath(written)
    const name = pathText(path)
    return ({ bytes, offset }) => {
      const object = parseObject(bytes)
      if (object === undefined) return `a JSON object with a field ${name}`
      const value = valueAt(object, path)
      const contents = Array.isArray(value) ? value as unknown[] : [value]
      if (value === undefined || !contents.every(isContent)) return `a JSON object whose field ${name} is a text or an object`
      return contentRecords(contents, offset)
    }
  },
})

function isContent (value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
}
