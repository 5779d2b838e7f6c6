/** What is odd about the key of a path item, and about the path parameters that it and its operations declare. */
import { foldKey, parameterNames, parseTemplate } from '../template.ts'
import { isObject, listOf, resolve, textOf } from './references.ts'
import type { Json } from './references.ts'

/** One path item as a reader has it: references of the item itself are followed. */
export interface PathItem {
  root: Json
  key: string
  where: string
  item: Json
  /** The step below the item, method, and the raw operation. */
  operations: ReadonlyArray<readonly [string, string, unknown]>
}

/** Takes a warning. */
export type Warn = (code: string, message: string, where: string) => void

/** Reports what is odd about a path item. */
export function lintPath (path: PathItem, warn: Warn): void {
  const { key, where } = path
  const folded = foldKey(key)
  if (folded.slashAdded) warn('missing-leading-slash', `The key ${key} does not begin with a slash; one was added. Write it with one.`, where)
  if (folded.suffixed) {
    warn('key-suffix', `The key ${key} holds more than a path; it is matched as ${folded.path}. Declare query parameters as parameters.`, where)
  }
  if (/[{}]/.test(folded.path.replace(/\{[^{}]*\}/g, ''))) {
    warn('unbalanced-braces', `The braces of ${key} do not pair up, so that they count as characters of the path. Close or escape them.`, where)
  }
  lintNotation(path, folded.path, warn)
  // `{name=projects/*/topics/*}` has several places, but is written once.
  const { segments } = parseTemplate(folded.path.replace(/(\{[^{}=]+)=[^{}]*\}/g, '$1}'))
  const names = parameterNames(segments)
  for (const name of repeated(names)) warn('duplicate-parameter', `The parameter {${name}} stands twice in ${key}. Give each place a name of its own.`, where)
  lintDeclarations(path, new Set(names), warn)
}

/** Segments that routers and frameworks would take for parameters, while OpenAPI takes them as they stand. */
function lintNotation (path: PathItem, folded: string, warn: Warn): void {
  const { key, where } = path
  const segments = folded.split('/')
  for (const [index, segment] of segments.entries()) {
    const name = foreignName(segment)
    if (name === '' || (segment.startsWith(':') && index === segments.length - 1 && !isParameterName(path, name))) continue
    warn('foreign-parameter', `${segment} in ${key} is matched as it is written: OpenAPI writes parameters in braces. Write {${name}}, and declare it with "in: path".`, where)
  }
}

const foreignNotation = new RegExp([
  '^:([A-Za-z_]\\w*)$', '^<(?:\\w+:)?([A-Za-z_][\\w-]*)>$', '^\\[\\[?(?:\\.\\.\\.)?([A-Za-z_]\\w*)\\]?\\]$', '^\\$\\{([A-Za-z_]\\w*)\\}$',
].join('|'))

/** The name of a parameter in the notation of Express, Flask, Next.js or template strings; '' for anything else. */
function foreignName (segment: string): string {
  return foreignNotation.exec(segment)?.slice(1).find((name) => name !== undefined) ?? ''
}

/** At the end of a key `:export` is a verb as Azure writes it, unless it is declared or says that it is a value. */
function isParameterName ({ root, item, operations }: PathItem, name: string): boolean {
  if (/^(?:id|key|name|slug|token|code)$|^id[A-Z]|(?:Id|ID|Key|Name|Code|Number|Token|_id|_key|_name)$/.test(name)) return true
  const holders = [item, ...operations.map(([, , operation]) => operation)]
  return holders.some((holder) => isObject(holder) && declarationsOf(root, holder).names.includes(name))
}

/** The parameters of one list: names of path parameters with their places in it, and whether all references could be followed. */
interface Declarations { names: string[], places: number[], whole: boolean }

function lintDeclarations (path: PathItem, names: ReadonlySet<string>, warn: Warn): void {
  const { root, key, where, item } = path
  const shared = declarationsOf(root, item)
  const operations = path.operations.flatMap(([step, method, operation]) =>
    isObject(operation) ? [{ method, where: `${where}/${step}`, own: declarationsOf(root, operation) }] : [])
  for (const name of names) {
    const lacking = operations.filter(({ own }) => shared.whole && own.whole && ![...shared.names, ...own.names].includes(name))
    if (lacking.length === 0) continue
    const all = lacking.length === operations.length
    const message = `The parameter {${name}} of ${key} is not declared${all ? '' : ` by ${lacking.map(({ method }) => method).join(', ')}`}` +
      `${nearName(name, [...shared.names, ...lacking.flatMap(({ own }) => own.names)])}. Declare it with "in: path".`
    warn('undeclared-parameter', message, all ? where : lacking[0]!.where)
  }
  lintList(shared, names, key, where, warn)
  for (const operation of operations) lintList(operation.own, names, key, operation.where, warn)
}

function lintList ({ names: declared, places }: Declarations, names: ReadonlySet<string>, key: string, where: string, warn: Warn): void {
  const placeOf = (index: number): string => `${where}/parameters/${places[index]}`
  for (const name of repeated(declared)) {
    const second = declared.indexOf(name, declared.indexOf(name) + 1)
    warn('repeated-declaration', `The path parameter ${name} is declared twice for ${key}. Delete one of the declarations.`, placeOf(second))
  }
  for (const name of new Set(declared)) {
    if (names.has(name)) continue
    const message = key.includes(`{${name}}`)
      ? `The path parameter ${name} stands behind the path of ${key}. Declare it with "in: query".`
      : `The path parameter ${name} does not stand in ${key}. Add {${name}} to the path, or delete the declaration.`
    warn('unused-parameter', message, placeOf(declared.indexOf(name)))
  }
}

function declarationsOf (root: Json, holder: Json): Declarations {
  const listed = listOf(holder.parameters).flatMap((parameter, place) =>
    isObject(parameter) ? [{ place, declared: resolve(root, parameter) }] : [])
  const inPath = listed.filter(({ declared }) => declared?.in === 'path')
  return {
    names: inPath.map(({ declared }) => bareName(textOf(declared!.name))),
    places: inPath.map(({ place }) => place),
    whole: listed.every(({ declared }) => declared !== undefined),
  }
}

/** Some documents declare a parameter with the operator or modifier of its expression. */
function bareName (name: string): string {
  return name.replace(/^[/;.+*]+/, '').replace(/[*+:]$|\.\.\.$/, '')
}

/** A name that only case or blanks tell from the one that was looked for is the slip itself. */
function nearName (name: string, declared: readonly string[]): string {
  const near = declared.find((other) => plain(other) === plain(name))
  return near === undefined ? '' : `, though ${near} is`
}

function plain (name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function repeated (names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index))
}
