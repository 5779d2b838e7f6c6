import { colors, countOf, formatCount, formatText, formatTime, left, renderTable, renderTitle, right, yielding } from '../terminal.ts'
import type { Column } from '../terminal.ts'
import { levels } from './finding.ts'
import type { DriftKind, Finding, Level } from './finding.ts'
import { isoTime } from './message.ts'
import { countLevels } from './shape.ts'
import type { DriftResult } from './shape.ts'

interface Section { title: string, columns: Column[], row: (finding: Finding) => string[] }

/** Whose finding it is, and where. */
const place = (method: string): Column[] => [
  ...left('level'), yielding('name', 'service'), yielding('name', 'owner', 3), ...left(method), yielding('path', 'path'),
]
const served: Column = { head: 'served', align: 'right', spare: 1 }
const partners = yielding('name', 'partners', 2)

/** The findings as text for a person, a table for each kind; each has at most `top` rows. */
export function renderDrift (result: DriftResult, top: number): string {
  const tables = (Object.keys(sections) as DriftKind[]).map((kind) => renderSection(kind, result, top)).filter((text) => text !== '')
  return `${[renderHead(result), ...tables].join('\n\n')}\n`
}

function renderHead (result: DriftResult): string {
  const counts = countLevels(result.findings)
  const found = levels.filter((level) => counts[level] > 0).map((level) => paint(level, countOf(counts[level], level)))
  const lines: Array<[string, string]> = [
    ['requests', periodText(result)],
    ...result.rejected ? [['rejected', colors.yellow(`${countOf(result.rejected, 'record')}: no requests; "gatelens report" tells why`)] as [string, string]] : [],
    ['catalog', result.operations === 0 ? colors.yellow(noCatalog) : countOf(result.operations, 'operation')],
    ['findings', found.length === 0 ? colors.green('none') : found.join(', ')],
  ]
  return [renderTitle('Gatelens drift'), ...lines.map(([label, text]) => `  ${colors.dim(label.padEnd(11))}${text}`)].join('\n')
}

const noCatalog = 'nothing is declared: documents come from --openapi, or from catalog.openapi of the processor'

function periodText ({ source, period: { from, to } }: DriftResult): string {
  if (from === null || to === null) return source === 'logs' ? 'none' : 'none in this window'
  return source === 'logs' ? `${formatTime(from)} to ${formatTime(to)} UTC` : `${from.slice(0, 10)} to ${to.slice(0, 10)}, whole days in UTC`
}

const sections: Record<DriftKind, Section> = {
  'undocumented-path': {
    title: 'Undocumented paths',
    columns: [...place('methods'), ...right('requests'), served, partners, ...left('last seen')],
    row: (finding) => [
      ...whose(finding), methodsText(finding), ...route(finding), ...counts(finding), partnersText(finding), lastSeen(finding),
    ],
  },
  'undeclared-method': {
    title: 'Undeclared methods',
    columns: [...place('method'), ...right('requests'), served, partners, ...left('last seen')],
    row: (finding) => [...whose(finding), ...methodAndRoute(finding), ...counts(finding), partnersText(finding), lastSeen(finding)],
  },
  'undeclared-status': {
    title: 'Undeclared statuses',
    columns: [...place('method'), ...right('status', 'requests'), yielding('name', 'declared', 2), ...left('last seen')],
    row: (finding) => [
      ...whose(finding), ...methodAndRoute(finding), String(finding.status), formatCount(finding.requests),
      formatText(finding.operation?.statuses.join(' ') ?? ''), lastSeen(finding),
    ],
  },
  'deprecated-operation': {
    title: 'Deprecated operations in use',
    columns: [...place('method'), ...right('requests'), partners, ...left('last seen')],
    row: (finding) => [
      ...whose(finding), ...methodAndRoute(finding), formatCount(finding.requests), partnersText(finding), lastSeen(finding),
    ],
  },
  'unused-operation': {
    title: 'Unused operations',
    columns: [...place('method'), ...left('', 'last used')],
    row: (finding) => [
      ...whose(finding), ...methodAndRoute(finding), finding.operation?.deprecated === true ? 'deprecated' : '',
      finding.last_seen === null ? colors.dim('never') : lastSeen(finding),
    ],
  },
}

function renderSection (kind: DriftKind, result: DriftResult, top: number): string {
  const { title, columns, row } = sections[kind]
  const found = result.findings.filter((finding) => finding.kind === kind)
  if (found.length === 0) return ''
  const shown = found.slice(0, top)
  const cut = shown.length < found.length ? `the first ${shown.length} of ${formatCount(found.length)}` : ''
  const remark = kind === 'unused-operation' ? [unusedText(result), cut].filter((text) => text !== '').join('; ') : cut
  return `${renderTitle(title, remark)}\n${renderTable(columns, shown.map(row))}`
}

/** Nobody shall take an operation for forgotten that is merely not counted for long enough. */
function unusedText ({ unusedDays, countedSince, period: { to } }: DriftResult): string {
  const text = `for ${countOf(unusedDays, 'day')}`
  const known = countedSince === null || to === null ? 0 : (Date.parse(to) - countedSince) / 86_400_000
  if (known >= unusedDays - 1) return text
  return `${text}, of which ${known < 2 ? countOf(Math.max(1, Math.round(known * 24)), 'hour') : countOf(Math.floor(known), 'day')} known`
}

function whose ({ level, service, owner }: Finding): [string, string, string] {
  return [paint(level, level), service === '' ? colors.dim('(no service)') : formatText(service), formatText(owner)]
}

function route ({ route: text }: Finding): [string] {
  return [formatText(text)]
}

function methodAndRoute ({ method, route: text }: Finding): [string, string] {
  return [formatText(method), formatText(text)]
}

function counts ({ requests, served }: Finding): [string, string] {
  return [formatCount(requests), served === 0 ? '0' : formatCount(served)]
}

function methodsText ({ methods }: Finding): string {
  const names = [...methods.keys()].map((name) => formatText(name))
  return names.length <= 3 ? names.join(' ') : `${names.slice(0, 2).join(' ')} +${names.length - 2}`
}

function partnersText ({ partners }: Finding): string {
  const [first] = partners.keys()
  if (first === undefined) return ''
  const name = first === '' ? '(anonymous)' : formatText(first)
  return partners.size === 1 ? name : `${name} +${formatCount(partners.size - 1)}`
}

function lastSeen ({ last_seen: last }: Finding): string {
  return formatTime(isoTime(last) ?? '').slice(0, 16)
}

function paint (level: Level, text: string): string {
  return level === 'error' ? colors.red(text) : level === 'warning' ? colors.yellow(text) : colors.dim(text)
}
