/**
 * Reads declarative configurations of Kong and decK for everybody who needs them: catalog, embedded gateway, `validate`.
 * https://developer.konghq.com/gateway/db-less-mode/, https://developer.konghq.com/deck/gateway/
 */
import { settleDeclaration } from '../../normalizer/catalog/kong-declaration.ts'
import { isKongDeclaration } from '../../normalizer/catalog/kong-keys.ts'
import { isObject, textOf } from '../../normalizer/catalog/references.ts'
import type { Json } from '../../normalizer/catalog/references.ts'
import { mergeParts } from './merge.ts'
import type { KongPart } from './merge.ts'
import { parseKongFile } from './parse.ts'
import type { Fault, KongFile, ParsedFile, Unset } from './parse.ts'
import { repeatedEntities } from './repeated.ts'

export type { Fault, KongFile, Unset } from './parse.ts'

/** The files of one workspace as one declaration in format 3.0: placeholders filled in, defaults and tags at their entities. */
export interface Declaration {
  workspace: string
  document: Json
  /** File and line (1-based) of a path, or of the nearest parent that is there. */
  placeOf (at: readonly PropertyKey[]): { path: string, line: number }
  /** What could not be filled in; it stands as it is written. */
  unset: Unset[]
}

/** What files declare, by workspace, and what is wrong with them. */
export interface KongReading {
  declarations: Declaration[]
  faults: Fault[]
  /** Files that count, and files of folders and globs that are not Kong's. */
  read: number
  passedOver: number
}

/** Reads files in the order in which they are handed in. Never throws. */
export function readKongFiles (files: readonly KongFile[]): KongReading {
  const parsed = files.map((file) => ({ ...parseKongFile(file), isMeant: file.named || file.text.includes('_format_version') }))
  const parts = parsed.flatMap((file): KongPart[] =>
    isKongDeclaration(file.value) || (file.named && isObject(file.value)) ? [file as KongPart] : [])
  const meant = parsed.filter((file) => parts.includes(file as KongPart) || file.isMeant)
  const declared = byWorkspace(parts).map(([workspace, group]) => declare(workspace, group))
  return {
    declarations: declared.map(({ declaration }) => declaration),
    faults: [...meant.flatMap((file) => [...file.faults, ...unusable(file, parts)]), ...declared.flatMap(({ faults }) => faults)],
    read: parts.length,
    passedOver: parsed.length - meant.length,
  }
}

/** A file that names no workspace goes with those that do, if they are all of one. */
function byWorkspace (parts: readonly KongPart[]): Array<[string, readonly KongPart[]]> {
  const names = [...new Set(parts.map(({ value }) => textOf(value._workspace)))]
  const named = names.filter((name) => name !== '')
  if (named.length <= 1) return parts.length === 0 ? [] : [[named[0] ?? '', parts]]
  return names.map((name) => [name, parts.filter(({ value }) => textOf(value._workspace) === name)])
}

function unusable (file: ParsedFile, parts: readonly KongPart[]): Fault[] {
  if (parts.includes(file as KongPart)) {
    return isKongDeclaration(file.value) ? [] : [{ severity: 'error', code: 'not-kong', message: 'the file is no declarative configuration of Kong: it has neither _format_version nor entities', path: file.path, line: 1 }]
  }
  if (file.faults.some(({ code }) => code === 'syntax')) return []
  const message = file.value === undefined || file.value === null ? 'the file is empty' : 'the file is not an object'
  return [{ severity: 'error', code: 'not-kong', message, path: file.path, line: 1 }]
}

function declare (workspace: string, parts: readonly KongPart[]): { declaration: Declaration, faults: Fault[] } {
  const { document, originOf, placeIn, faults } = mergeParts(parts)
  const placeOf = (at: readonly PropertyKey[]): { path: string, line: number } => {
    const { part, at: own } = originOf(at)
    return { path: part.path, line: part.lineOf(own) }
  }
  const report = (severity: Fault['severity'], code: string, message: string, where: string): void => {
    faults.push({ severity, code, message, ...placeOf(pathOf(where)) })
  }
  const settled = settleDeclaration(document, report)
  for (const { at, message } of repeatedEntities(settled)) faults.push({ severity: 'error', code: 'repeated-entity', message, ...placeOf(at) })
  const unset = parts.flatMap((part) => part.unset.map((item) => ({ ...item, at: placeIn(part, item.at) })))
  return { declaration: { workspace, document: settled, placeOf, unset }, faults }
}

/** The steps of a JSON pointer as a path: what looks like an index is one. */
export function pathOf (pointer: string): PropertyKey[] {
  return pointer.split('/').slice(1).map((step) => /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
