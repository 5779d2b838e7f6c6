/**
 * `file-log`: appends one JSON record a request (https://developer.konghq.com/plugins/file-log/). Lines are written in
 * batches after the response has ended, and dropped with a count when the disk cannot follow. With `reopen` the path is
 * looked at every second and opened anew when it leads elsewhere; Kong opens it for every record.
 */
import { z } from 'zod'
import { definePlugin } from '../plugin.ts'
import { createSerializer } from '../record.ts'

export const fileLog = definePlugin({
  priority: 9,
  schema: z.strictObject({
    path: z.string().regex(/^[^\s*&%`][^*&%`]*[^\s*&%`]$/, 'not a valid file name').describe('relative to the configuration file; /dev/stdout too'),
    reopen: z.boolean().nullish().transform((value) => value ?? false).describe('follow a rotation by rename'),
    custom_fields_by_lua: z.unknown().refine((value) => value === undefined || value === null ||
      (typeof value === 'object' && Object.keys(value).length === 0), 'this gateway has no Lua; remove it').optional(),
  }),
  start: ({ path, reopen }, { openLog, entities }) => {
    const file = openLog(path, reopen)
    const serialize = createSerializer(entities.secretNames)
    return { log: (exchange) => file.write(serialize(exchange)) }
  },
})
