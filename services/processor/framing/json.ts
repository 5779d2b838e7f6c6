/** JSON without wrappers: one object, an array of objects, or objects one after the other; on one line, or printed over several. */
import { z } from 'zod'
import { defineFraming } from './definition.ts'
import { startsRecord } from './unwrap.ts'
import { cutValues } from './values.ts'

/** Objects, side by side or in an array. */
export const json = defineFraming({
  name: 'json',
  summary: 'JSON objects: in an array, one after the other, or printed over several lines; no wrappers',
  options: z.strictObject({}),
  unit: 'value',
  create: () => ({ bytes, offset }) => {
    const parts = cutValues(bytes)
    if (parts.length > 0 && !startsRecord(bytes, 0)) return 'a JSON object, or an array of objects'
    return parts.map(({ start, end }) => ({ bytes: bytes.subarray(start, end), offset: offset + start }))
  },
})
