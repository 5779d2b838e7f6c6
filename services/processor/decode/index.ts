import { json } from './json-log.ts'
import { kong } from './kong.ts'
import { nginx } from './nginx.ts'

/** The log formats, each a decoder of its own. Their names are those that `format` uses. */
export const decoders = [kong, nginx, json] as const
