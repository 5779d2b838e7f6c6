/** The registry of catalog sources: a further kind of source is one file and one line here. */
import { backstage } from './backstage/source.ts'
import { kong } from './kong/source.ts'
import { openapi } from './openapi/source.ts'
import { partners } from './partners/source.ts'

/** All kinds of sources, by their keys below `catalog:`. */
export const catalogSources = { openapi, backstage, kong, partners }
