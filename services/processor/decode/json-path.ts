import { z } from 'zod'
import { isObject } from './field.ts'
import type { JsonObject } from './field.ts'
import type { Shape } from './shape.ts'

/** A place in a JSON object: the keys on the way, an array's by their number. */
export type Path = readonly string[]

/** A path as people write it: keys with dots between them (`\.` is a dot of a key), or a list of keys. */
export const pathSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

/** Takes a written path apart. */
export function parsePath (written: z.output<typeof pathSchema>): Path {
  if (typeof written !== 'string') return written
  return written.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'))
}

/** A path in words, for messages. */
export function pathText (path: Path): string {
  return path.join('.').slice(0, 100)
}

/** The value at a path, undefined where there is none. */
export function valueAt (object: JsonObject, path: Path): unknown {
  let value: unknown = object
  for (const key of path) {
    if (Array.isArray(value)) value = (value as unknown[])[Number(key)]
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }
  return value
}

/** The shape that holds all of these paths. */
export function shapeOf (paths: readonly Path[]): Shape {
  const members = new Map<string, Path[]>()
  for (const [key, ...rest] of paths) if (key !== undefined) members.set(key, [...members.get(key) ?? [], rest])
  return {
    members: Object.fromEntries([...members].map(([key, inner]): [string, Shape] =>
      [key, inner.some((path) => path.length === 0) ? 'whole' : shapeOf(inner)])),
  }
}
