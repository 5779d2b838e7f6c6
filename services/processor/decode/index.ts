import type { Decoder } from '../contract.ts'
import { createKongDecoder } from './kong.ts'
import type { DecodeOptions } from './labels.ts'

/** The log formats by the name that `format:` uses, each a factory that takes the allowed header and query names. */
export const formats = { kong: createKongDecoder } satisfies Record<string, (options?: DecodeOptions) => Decoder>

/** The name of a log format. */
export type FormatName = keyof typeof formats

/** One decoder for each format that keeps no header and no query value. */
export const decoders = { kong: createKongDecoder() } satisfies Record<FormatName, Decoder>
