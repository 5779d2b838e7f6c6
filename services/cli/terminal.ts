import Table from 'cli-table3'
import pc from 'picocolors'
import { printableLine } from '../runtime/printable.ts'
import { hasColors } from './colors.ts'
import { fitTable, shorten } from './fit.ts'
import type { Yielding } from './fit.ts'

/** True when a person looks at standard output; a stream that is no terminal has no `isTTY`, whatever its type says. */
export const onTerminal = isTerminal(process.stdout)

/** Colours, where {@link hasColors} allows them. */
export const colors = pc.createColors(hasColors)

function isTerminal (stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

/** A column of a table; its texts stand on the left unless told otherwise. */
export interface Column extends Yielding { align?: 'left' | 'right' }

/** Columns of numbers. */
export const right = (...heads: string[]): Column[] => heads.map((head) => ({ head, align: 'right' }))

/** Columns of short words, which keep their width. */
export const left = (...heads: string[]): Column[] => heads.map((head) => ({ head }))

/** A column that gives way where the table is too wide; see {@link Yielding}. */
export function yielding (fit: Column['fit'], head: string, spare?: number): Column {
  return spare === undefined ? { head, fit } : { head, fit, spare }
}

const plain = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
}

/**
 * A table without borders: dim heads, aligned columns, no trailing white space; columns that are empty all the way are left out.
 * It is as wide as the terminal at most, or 100 columns without one.
 */
export function renderTable (allColumns: Column[], allRows: string[][], width = widthOfOutput()): string {
  const used = allColumns.map((_, index) => allRows.some((row) => row[index] !== ''))
  const all = { columns: allColumns.filter((_, index) => used[index]), rows: allRows.map((row) => row.filter((_, index) => used[index])) }
  const { columns, rows } = fitTable(all, width - indent.length, plain.middle.length)
  const table = new Table({
    head: columns.map((column) => colors.dim(column.head)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: plain,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  })
  table.push(...rows)
  return table.toString().split('\n').map((line) => `${indent}${line.trimEnd()}`).join('\n')
}

const indent = '  '

function widthOfOutput (): number {
  return (onTerminal && process.stdout.columns) || 100
}

/** A heading with an optional remark behind it. */
export function renderTitle (title: string, remark = ''): string {
  return `${colors.bold(title)}${remark === '' ? '' : `  ${colors.dim(remark)}`}`
}

/** `1,234,567` */
export function formatCount (value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 service`, `3 services` */
export function countOf (value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** `4.2 %`, `<0.1 %`, `12,345 %`; '' for nothing. */
export function formatShare (ratio: number): string {
  if (ratio === 0) return ''
  const percent = ratio * 100
  if (percent < 0.1) return '<0.1 %'
  return `${percent >= 100 ? formatCount(Math.round(percent)) : percent.toFixed(1)} %`
}

/** Milliseconds for people: `0.04 ms`, `4.2 ms`, `47 ms`, `8.0 s`, `3 min`, `40.0 days`; `-` for null. */
export function formatMs (value: number | null): string {
  if (value === null) return '-'
  if (value < 1) return `${value.toFixed(2)} ms`
  if (value < 10) return `${value.toFixed(1)} ms`
  if (value < 1000) return `${Math.round(value)} ms`
  if (value < 120_000) return `${(value / 1000).toFixed(1)} s`
  if (value < 7_200_000) return `${Math.round(value / 60_000)} min`
  return value < 172_800_000 ? `${(value / 3_600_000).toFixed(1)} h` : `${(value / 86_400_000).toFixed(1)} days`
}

/** Bytes for people: `312 B`, `2.4 KiB`, `1.2 GiB`. */
export function formatBytes (value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = value < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${power === 0 ? value : (value / 1024 ** power).toFixed(1)} ${units[power]}`
}

/** `2026-08-20 10:15:30` in UTC. */
export function formatTime (iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

/**
 * Text from outside for a terminal: control characters are shown as `\xNN`, marks that turn the direction of writing as `\uNNNN`,
 * and what is longer than `width` loses its middle.
 */
export function formatText (text: string, width = 200): string {
  return shorten(printableLine(text), width)
}
