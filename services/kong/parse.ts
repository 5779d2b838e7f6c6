/** One file of a declarative configuration: its text, parsed, with everything that stands for something else filled in. */
import { LineCounter, parseAllDocuments } from 'yaml'
import { environmentVariable, expandPlaceholders, lineOf } from '../runtime/config.ts'
import { messageOf } from '../runtime/errors.ts'
import { renderTemplate, unsetMark } from './template.ts'
import type { Rendered } from './template.ts'

/** A file as it was found: `named` is false for one that a folder or a glob gave. */
export interface KongFile { path: string, text: string, named: boolean }

/** Something wrong in a file. */
export interface Fault { severity: 'error' | 'warning', code: string, message: string, path: string, line: number }

/** A placeholder that could not be filled in, where it stands in the value, and why. */
export interface Unset { at: PropertyKey[], placeholder: string, reason: string }

/** A file that was read; `value` is undefined when it is broken or empty. */
export interface ParsedFile {
  path: string
  named: boolean
  value: unknown
  lineOf (at: readonly PropertyKey[]): number
  faults: Fault[]
  unset: Unset[]
}

/** Parses YAML or JSON. Never throws. Of repeated keys the last one counts, as for Kong, and each is a fault. */
export function parseKongFile ({ path, text, named }: KongFile): ParsedFile {
  const rendered = renderTemplate(text.replace(/^\uFEFF/, ''), environmentVariable)
  const faults = rendered.faults.map(({ line, message }): Fault => ({ severity: 'error', code: 'template', message, path, line }))
  const lines = new LineCounter()
  const failed = (code: string, message: string, line: number): ParsedFile => {
    faults.push({ severity: 'error', code, message, path, line: rendered.sourceLine(line) })
    return { path, named, value: undefined, lineOf: () => 1, faults, unset: [] }
  }
  try {
    const parsed = parseAllDocuments(rendered.text, { lineCounter: lines, prettyErrors: false, merge: true })
    const documents = 'empty' in parsed ? [] : parsed.filter(({ contents }) => contents !== null)
    const errors = documents.flatMap((document) => document.errors)
    const broken = errors.find(({ code }) => code !== 'DUPLICATE_KEY')
    if (broken !== undefined) return failed('syntax', messageOf(broken), lines.linePos(broken.pos[0]).line)
    const [document, second] = documents
    if (document === undefined) return { path, named, value: undefined, lineOf: () => 1, faults, unset: [] }
    const found = (code: string, message: string, offset: number): void => {
      faults.push({ severity: 'error', code, message, path, line: rendered.sourceLine(lines.linePos(offset).line) })
    }
    for (const { pos: [offset] } of errors) found('repeated-key', `the key ${keyAt(rendered.text, offset)} stands here once more; the last one counts`, offset)
    if (second !== undefined) found('several-documents', 'the file holds several documents, and only the first is read: write each to a file of its own', second.range[0])
    const unset: Unset[] = []
    const value = fill(document.toJS({ maxAliasCount }), [], { path, marks: rendered.unset, unset })
    return { path, named, value, lineOf: (at) => rendered.sourceLine(lineOf(document, lines, at)), faults, unset }
  } catch (error) {
    return failed('syntax', error instanceof RangeError ? 'the file is nested too deep' : messageOf(error), 1)
  }
}

/** How often an alias may be used: files share much by anchors, and aliases must not nest without end. */
const maxAliasCount = 10_000

function keyAt (text: string, offset: number): string {
  const key = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^:\n,{}]+)/.exec(text.slice(offset, offset + 200))?.[0] ?? ''
  return key.replace(/^["']?/, '"').replace(/["']?\s*$/, '"')
}

interface Filling { path: string, marks: Rendered['unset'], unset: Unset[] }

function fill (value: unknown, at: PropertyKey[], filling: Filling): unknown {
  if (typeof value === 'string') return fillText(value, at, filling)
  if (Array.isArray(value)) return value.map((item, index) => fill(item, [...at, index], filling))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...at, key], filling)]))
}

function fillText (text: string, at: PropertyKey[], { path, marks, unset }: Filling): string {
  const filled = text.includes('${') ? expandPlaceholders(text, path, (placeholder, reason) => { unset.push({ at, placeholder, reason }) }) : text
  return filled.replace(unsetMark, (_mark, number: string) => {
    const { placeholder = '', name = '' } = marks[Number(number)] ?? {}
    if (name !== '') unset.push({ at, placeholder, reason: `the environment variable ${name} is not set` })
    return placeholder
  })
}
