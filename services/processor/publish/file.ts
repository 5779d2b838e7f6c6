/** The file sink: the published fields of every event as a line of JSON, in files that are rotated by size and by time. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { byteSize, duration } from '../../runtime/units.ts'
import { defineSink, sinkShape } from './definition.ts'
import { rememberedBatches } from './file-journal.ts'
import { FileWriter } from './file-writer.ts'
import { beginLines } from './ndjson.ts'

/** The definition of the file sink. */
export const fileSink = defineSink({
  type: 'file',
  options: z.strictObject({
    ...sinkShape('file'),
    path: z.string().min(1).describe('The file that is written, relative to the configuration file. Finished ones are beside it: path.000001, path.000002, …'),
    rotate: z.strictObject({
      bytes: byteSize.default(256 * 1024 ** 2).describe('From that size on the file is finished, after the batch that reaches it.'),
      after: duration.refine((time) => time >= 1000, 'finish a file after 1s or more').optional().describe('The same by the time since its first batch.'),
      keep: z.number().int().min(1).default(20).describe('So many finished files stay; the oldest are removed.'),
      gzip: z.boolean().default(false).describe('Compress finished files.'),
    }).prefault({}),
  }),
  example: { path: 'requests.ndjson' },
  redelivery: `A batch that comes again is not written again while it is one of the newest ${rememberedBatches} of the file.`,
  // Rejects stay in the store: they hold nothing of a request.
  encoder: () => beginLines,
  create: ({ path, rotate }, { base, log }) => ({
    connect: async () => {
      const writer = await FileWriter.open({ path: resolve(base, path), rotate, log })
      return {
        deliver: async ({ token, parts }) => {
          for (const { bytes } of parts) await writer.append(token, bytes)
          return 0
        },
        close: () => writer.close(),
      }
    },
  }),
})
