/** Fields that entities of Kong's declarative configuration have in common. */
import { z } from 'zod'

/** A schema that also takes null and nothing, which become `fallback`. */
export const given = <S extends z.ZodType, D>(schema: S, fallback: D) => schema.nullish().transform((value) => value ?? fallback)

/** What Kong adds to every entity of a dump. */
export const dumped = {
  id: z.guid().nullish(),
  created_at: z.number().nullish(),
  updated_at: z.number().nullish(),
  ws_id: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  _comment: z.string().nullish(),
  _ignore: z.array(z.unknown()).nullish(),
}

/** The name of a service or a route. */
export const name = z.string().min(1).regex(/^[\w.\-~\u0080-\u{10ffff}]+$/u, 'a name has only letters, digits and . - _ ~')
/** A timeout, ms, within Kong's bounds. */
export const milliseconds = z.number().int().min(1).max(2 ** 31 - 2)
/** A TCP port; 0 is Kong's own lower bound. */
export const port = z.number().int().min(0).max(65535)
/** A plain path, as services and probes have. */
export const path = z.string().startsWith('/', 'a path starts with /').refine((text) => !text.includes('//'), 'a path has no empty segments')
/** A reference to a service, a route or an upstream. */
export const named = z.union([z.string(), z.strictObject({ id: z.string().nullish(), name: z.string().nullish() })]).nullish()
/** A reference to a consumer. */
export const person = z.union([z.string(), z.strictObject({ id: z.string().nullish(), username: z.string().nullish() })]).nullish()

/** A key that Kong knows and this gateway does not implement: empty values pass, others are refused by name. */
export const absent = z.unknown().refine((value) => value === undefined || value === null || value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0), { message: 'this gateway does not support this; remove it', params: { rule: 'not-in-gateway' } }).optional()
