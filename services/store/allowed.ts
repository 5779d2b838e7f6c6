import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../runtime/package.ts'

/** Names of `allowed/settings.json`: what a statement or request may set for itself, and for a table of the MergeTree family. */
export const allowedSettings = read('settings', z.object({ query: z.array(z.string()), merge_tree: z.array(z.string()) }))

/** Names of `allowed/names.json`, each list for the place in a statement where such a name may stand. */
export const allowedNames = read('names', z.object({
  functions: z.array(z.string()),
  table_functions: z.array(z.string()),
  table_engines: z.array(z.string()),
  database_engines: z.array(z.string()),
  formats: z.array(z.string()),
}))

function read<T> (name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(packageRoot, 'services/store/allowed', `${name}.json`), 'utf8')))
}
