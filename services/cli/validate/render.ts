/** Findings as text for people, as JSON, and as SARIF. */
import { catalogue } from '../../runtime/errors.ts'
import { toSarif } from '../sarif.ts'
import type { SarifRule } from '../sarif.ts'
import { colors, countOf, formatCount, formatText, left, renderTable, right, yielding } from '../terminal.ts'
import { countFindings } from './findings.ts'
import type { Finding } from './findings.ts'
import { ruleOf } from './rules.ts'

/** What a run says. */
export interface Verdict { good: readonly string[], findings: readonly Finding[] }

/** The formats by their name on the command line; `max` is how many findings of one rule the text shows. */
export const formats = { text: renderText, json: renderJson, sarif: renderSarif } as const

/** Findings file by file, errors and warnings mixed as they stand there; what a rule has too many of is counted in a table. */
function renderText ({ good, findings }: Verdict, max: number): string {
  const counts = new Map<string, number>()
  const shown = findings.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1
    counts.set(code, count)
    return count <= max
  })
  const { errors, warnings } = countFindings(findings)
  const verdict = findings.length === 0 ? colors.green('good') : `${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`
  const table = shown.length === findings.length ? '' : `\n${renderCounts(findings, max)}\n\n`
  return `${shown.map(renderLine).join('')}${table}${good.map((text) => colors.dim(`${formatText(text, 1000)}\n`)).join('')}${verdict}\n`
}

function renderLine ({ severity, code, file, line, message }: Finding): string {
  const place = file === '' ? '' : `${formatText(file, 1000)}${line === 0 ? '' : `:${line}`}: `
  return `${place}${severity === 'error' ? colors.red(severity) : colors.yellow(severity)}[${code}] ${printable(message)}\n`
}

/** Documents come from anywhere: what they hold must not steer a terminal. */
function printable (message: string): string {
  return message.split('\n').map((line) => formatText(line, 2000)).join('\n')
}

function renderCounts (findings: readonly Finding[], max: number): string {
  const groups = new Map<string, { severity: string, code: string, count: number, files: Set<string> }>()
  for (const { severity, code, file } of findings) {
    const group = groups.get(`${severity} ${code}`) ?? { severity, code, count: 0, files: new Set() }
    groups.set(`${severity} ${code}`, group)
    group.count++
    group.files.add(file)
  }
  const rows = [...groups.values()].sort((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : b.count - a.count))
    .map(({ severity, code, count, files }) =>
      [severity, code, formatCount(count), formatCount(files.size), count > max ? `${formatCount(max)} shown` : '', ruleOf(code)?.summary ?? ''])
  return renderTable([...left('', 'rule'), ...right('findings', 'files'), ...left(''), yielding('prose', 'what it means')], rows)
}

function renderJson ({ good, findings }: Verdict): string {
  const counts: Record<string, number> = {}
  for (const { code } of findings) counts[code] = (counts[code] ?? 0) + 1
  return `${JSON.stringify({ checked: good, ...countFindings(findings), counts, findings }, null, 2)}\n`
}

/** Errors go first, as code hosts take so many findings only. */
function renderSarif ({ findings }: Verdict): string {
  const described = Object.fromEntries([...new Set(findings.map(({ code }) => code))].map((code) => [code, describeRule(code)]))
  const sorted = [...findings].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'))
  return toSarif(sorted.map(({ code, severity, message, file, line, where }) =>
    ({ rule: code, level: severity, message, file, line, ...where === '' ? {} : { fingerprint: `${where} ${message}` } })), described)
}

function describeRule (code: string): SarifRule {
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code as keyof typeof catalogue] : undefined
  const rule = ruleOf(code) ?? { summary: entry?.summary ?? code, help: entry?.hint, severity: 'error' }
  return { summary: rule.summary, help: rule.help, level: rule.severity === 'warning' ? 'warning' : 'error' }
}
