import { z } from 'zod'

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const bytes = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** Parses `500ms`, `10s`, `5m`, `1h`, `1d`, `1w` into milliseconds; undefined when it is none of these. */
export function parseDuration (text: string): number | undefined {
  return parse(text, milliseconds)
}

/** Parses `10KB`, `64MiB`, `1GB` into bytes; undefined when it is none of these. */
export function parseBytes (text: string): number | undefined {
  return parse(text, bytes)
}

/** A duration in a configuration file: `10s`, `5m`, … ; the parsed value is in milliseconds. */
export const duration = z.string().transform((text, context) => parseDuration(text) ??
  fail(context, `"${text}" is not a duration; write a number and ms, s, m, h, d or w, such as 10s`))

/** A size in a configuration file: `64MiB`, `1GB`, … ; the parsed value is in bytes. */
export const byteSize = z.union([z.number().int().positive(), z.string().transform((text, context) => parseBytes(text) ??
  fail(context, `"${text}" is not a size; write a number and B, KB, MB, GB, KiB, MiB or GiB, such as 64MiB`))])

function parse (text: string, units: Record<string, number>): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim())
  const unit = units[found?.[2] ?? '']
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit
}

function fail (context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
