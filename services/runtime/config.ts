import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { LineCounter, parseDocument, isScalar } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'
import { GatelensError, messageOf } from './errors.ts'
import type { ErrorCode, ErrorPart } from './errors.ts'

export interface ConfigSource {
  /** Where the text came from, for messages and for relative paths. */
  path: string
  text: string
}

/** Reads and checks a YAML (or JSON) file. Throws CONFIG_NOT_FOUND, CONFIG_SYNTAX, CONFIG_VARIABLE or CONFIG_INVALID. */
export function loadConfig<S extends z.ZodType> (path: string, schema: S): z.output<S> {
  return parseConfig({ path, text: readText(path) }, schema)
}

/**
 * Checks a YAML (or JSON) text against a schema. `${NAME}`, `${NAME:-default}` and `${file:path}` are expanded inside
 * string values first, and `$${` becomes `${`; unknown keys are errors that name the path and the nearest known key.
 */
export function parseConfig<S extends z.ZodType> (source: ConfigSource, schema: S): z.output<S> {
  const lines = new LineCounter()
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false })
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new GatelensError('CONFIG_SYNTAX', messageOf(broken), { where: `${source.path}:${lines.linePos(broken.pos[0]).line}` })
  }
  const value = expand(plain(document, source.path) ?? {}, source.path)
  return checkConfig(value, schema, (path) => `${source.path}:${lineOf(document, lines, path)}`)
}

/** What is wrong with a configuration before its schema is asked, and the code of the error that it amounts to. */
export interface Known { code: ErrorCode, parts: readonly ErrorPart[] }

/**
 * Checks what was read of a configuration; `placeOf` says where a path of it stands. Throws CONFIG_INVALID, or the code of what
 * is known already, with all that is wrong. Of a line that is known to be wrong the schema need not speak.
 */
export function checkConfig<S extends z.ZodType> (
  value: unknown, schema: S, placeOf: (path: readonly PropertyKey[]) => string, { code, parts }: Known = { code: 'CONFIG_INVALID', parts: [] }
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success && parts.length === 0) return result.data
  const told = new Set(parts.map(({ where }) => where))
  const found = (result.error?.issues ?? []).flatMap((issue) => describe(issue, schema)).map(({ path, text, rule }): ErrorPart =>
    ({ where: placeOf(path), message: text, rule: rule ?? (code === 'CONFIG_INVALID' ? undefined : 'CONFIG_INVALID') }))
  throw severalErrors(code, [...parts, ...found.filter(({ where }) => !told.has(where))])
}

/** Aliases that stand for more than a file can mean are refused. */
function plain (document: Document, path: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new GatelensError('CONFIG_SYNTAX', messageOf(error), { where: path, cause: error })
  }
}

/** An error of several parts: the message names the places of all but the first, which is the place of the error. */
export function severalErrors (code: ErrorCode, parts: ErrorPart[]): GatelensError {
  const message = parts.map((part, at) => at === 0 ? part.message : `${part.where}: ${part.message}`).join('\n  ')
  return new GatelensError(code, message, { where: parts[0]?.where, parts })
}

/** Resolves a path that a configuration file names, relative to that file. */
export function relativeTo (configPath: string, path: string): string {
  return resolve(dirname(configPath), path)
}

/**
 * Expands `${NAME}`, `${NAME:-default}` and `${file:path}` in a text of the command line, called `where` in messages; paths
 * start from the working directory. Throws CONFIG_VARIABLE.
 */
export function expandArgument (text: string, where: string): string {
  return expandText(text, where)
}

function readText (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new GatelensError('CONFIG_NOT_FOUND', `cannot read the file: ${messageOf(error)}`, { where: path, cause: error })
  }
}

function expand (value: unknown, path: string): unknown {
  if (typeof value === 'string') return expandText(value, path)
  if (Array.isArray(value)) return value.map((item) => expand(item, path))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, path)]))
}

function expandText (text: string, path: string): string {
  return expandPlaceholders(text, path, (placeholder, reason) => {
    throw new GatelensError('CONFIG_VARIABLE', reason, { where: `${path}: ${placeholder}` })
  })
}

/**
 * Expands `${NAME}`, `${NAME:-default}` and `${file:path}`; paths start from the folder of the file that `path` names. What
 * cannot be expanded is told to `missing`, with the reason, and stays as it is written. `$${NAME}` is the text `${NAME}`.
 */
export function expandPlaceholders (text: string, path: string, missing: (placeholder: string, reason: string) => void): string {
  return text.replace(/\$?\$\{(file:)?([^}:]+)(?::-([^}]*))?\}/g, (whole, file: string | undefined, name: string, fallback: string | undefined) => {
    if (whole.startsWith('$$')) return whole.slice(1)
    if (file !== undefined) return readVariableFile(relativeTo(path, name), (reason) => { missing(whole, reason) }) ?? whole
    const value = environmentVariable(name) ?? fallback
    if (value === undefined) missing(whole, `the environment variable ${name} is not set`)
    return value ?? whole
  })
}

/** The value of an environment variable; undefined when it is not set. */
export function environmentVariable (name: string): string | undefined {
  return Object.hasOwn(process.env, name) ? process.env[name] : undefined
}

function readVariableFile (file: string, missing: (reason: string) => void): string | undefined {
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    missing(messageOf(error))
    return undefined
  }
}

/** What the walk below reads of zod's own schema definitions. */
interface Definition {
  type: string
  shape?: Record<string, z.core.$ZodType>
  element?: z.core.$ZodType
  valueType?: z.core.$ZodType
  options?: z.core.$ZodType[]
  innerType?: z.core.$ZodType
  in?: z.core.$ZodType
  left?: z.core.$ZodType
  right?: z.core.$ZodType
}

interface Finding { path: PropertyKey[], text: string, rule?: string }

function describe (issue: z.core.$ZodIssue, schema: z.ZodType): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      text: `${dotted([...issue.path, key])}: unknown key${nearest(key, known)}`,
    }))
  }
  if (issue.code === 'invalid_union') {
    const best = issue.errors.toSorted((a, b) => deepest(b) - deepest(a))[0]
    if (best !== undefined && deepest(best) > 0) {
      return best.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }, schema))
    }
  }
  const rule = issue.code === 'custom' && typeof issue.params?.rule === 'string' ? { rule: issue.params.rule } : {}
  return [{ path: [...issue.path], text: `${dotted(issue.path)}: ${issue.message}`, ...rule }]
}

function deepest (issues: z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

/** The end of an "unknown …" message: `; did you mean "…"?`, or the known names when none is near; '' when none is known. */
export function nearest (key: string, known: readonly string[]): string {
  if (known.length === 0) return ''
  const candidate = closest(key, [...known])
  return distance(key, candidate) <= Math.max(2, key.length / 2)
    ? `; did you mean "${candidate}"?`
    : `; known keys: ${known.join(', ')}`
}

function dotted (path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(top level)'
  return path.map((part) => typeof part === 'number' ? `[${part}]` : `.${String(part)}`).join('').replace(/^\./, '')
}

/** The keys that any object schema at `path` knows; walks wrappers, arrays, records and unions. */
function knownKeys (schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let level: z.core.$ZodType[] = [schema]
  for (const part of path) level = level.flatMap((item) => childOf(item, part))
  return [...new Set(level.flatMap((item) => objectsOf(item)).flatMap((object) => Object.keys(object.shape)))]
}

function childOf (schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType[] {
  return flatten(schema).flatMap((item) => {
    const def = item._zod.def as Definition
    const child = def.type === 'object' ? def.shape?.[String(part)] : def.element ?? def.valueType
    return child === undefined ? [] : [child]
  })
}

function objectsOf (schema: z.core.$ZodType): Array<{ shape: Record<string, unknown> }> {
  return flatten(schema).map((item) => item._zod.def as unknown as { type: string, shape: Record<string, unknown> })
    .filter((def) => def.type === 'object')
}

function flatten (schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = schema._zod.def as Definition
  const inner = [...(def.options ?? []), def.innerType, def.in, def.left, def.right].filter((item) => item !== undefined)
  return inner.length === 0 ? [schema] : inner.flatMap((item) => flatten(item))
}

/** The line (1-based) of a path in a parsed document, or of the nearest parent that is there. */
export function lineOf (document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const part = path[depth - 1]
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    const pairs = (parent as { items?: Array<{ key?: unknown, range?: [number, number, number] }> } | null)?.items ?? []
    const pair = pairs.find((item) => isScalar(item.key) && item.key.value === part)
    const key = isScalar(pair?.key) ? pair.key.range : typeof part === 'number' ? pairs[part]?.range : undefined
    if (key !== undefined && key !== null) return lines.linePos(key[0]).line
  }
  return 1
}

/** The variables of the environment whose names fit: for a child process that must not see the others. */
export function inheritedEnvironment (names: RegExp): Record<string, string> {
  const fitting = Object.entries(process.env).filter((item): item is [string, string] => names.test(item[0]) && item[1] !== undefined)
  return Object.fromEntries(fitting)
}
