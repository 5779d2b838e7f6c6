import { z } from 'zod'

const bound = z.number().int().positive()

/** `normalize:` in the processor's configuration: how far routes may spread that no document declares. */
export const normalizeSchema = z.strictObject({
  inference: z.strictObject({
    per_level: bound.max(10_000).default(50).describe('Distinct words kept below one segment of inferred routes; later ones become {*}.'),
    per_service: bound.max(100_000).default(500).describe('Distinct inferred routes of one service; later ones are counted as __other__.'),
    words: z.enum(['known', 'all']).default('known')
      .describe('Words that stay in inferred routes: known ones (of APIs, the catalog, the gateway), or all that look like words, also names of people. Others become {word}.'),
    callers: z.number().int().min(0).max(100_000).default(30)
      .describe('So many distinct callers (consumer, credential, else client network) make a word known where they use it; 0 = never.'),
    total: bound.max(1_000_000).default(10_000).describe('Distinct inferred routes of all services together.'),
  }).prefault({}).describe('Bounds of the routes inferred from undeclared paths. The routes given are kept in the state folder.'),
})

/** The checked form of {@link normalizeSchema}. */
export type NormalizeConfig = z.output<typeof normalizeSchema>
