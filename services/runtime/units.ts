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

/** Splits `127.0.0.1:9464`, `[::1]:9464` or `9464` (loopback) into host and port; undefined when it is none of these. */
export function parseAddress (text: string): { host: string, port: number } | undefined {
  const found = /^(?:(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):)?(\d{1,5})$/.exec(text.trim())
  const port = Number(found?.[3])
  if (found === null || port > 65535) return undefined
  return { host: found[1] ?? found[2] ?? '127.0.0.1', port }
}

/** A duration in a configuration file: `10s`, `5m`, … ; the parsed value is in milliseconds. */
export const duration = z.string({ error: ({ input }) => wrongDuration(input) }).transform((text, context) => parseDuration(text) ??
  fail(context, wrongDuration(text)))

/** A size in a configuration file: `64MiB`, `1GB`, … ; the parsed value is in bytes. */
export const byteSize = z.union([z.number().int().positive(), z.string().transform((text, context) => parseBytes(text) ??
  fail(context, 'not a size'))], { error: ({ input }) => wrong(input, 'a size', 'a number and B, KB, MB, GB, KiB, MiB or GiB, such as 64MiB') })

/** Where to listen, in a configuration file: `127.0.0.1:9464`. */
export const address = z.string().refine((text) => parseAddress(text) !== undefined, { error: ({ input }) => wrong(input, 'an address', 'host:port, such as 127.0.0.1:9464') })

function wrongDuration (value: unknown): string {
  return wrong(value, 'a duration', 'a number and ms, s, m, h, d or w, such as 10s')
}

function wrong (value: unknown, kind: string, form: string): string {
  return value === undefined ? `missing; write ${form}` : `${JSON.stringify(value)} is not ${kind}; write ${form}`
}

function parse (text: string, units: Record<string, number>): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim())
  const unit = units[found?.[2] ?? '']
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit
}

function fail (context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
