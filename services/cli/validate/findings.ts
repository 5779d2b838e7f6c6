/** Findings: what they hold, what the command line may change about them, and which of them fail the run. */
import { InvalidArgumentError } from 'commander'
import { closest, distance } from 'fastest-levenshtein'
import type { ErrorCode } from '../../runtime/errors.ts'
import { rules } from './rules.ts'

/** One finding; `line` is 0 when the file as a whole is meant, `where` is a JSON pointer or ''. */
export interface Finding {
  severity: 'error' | 'warning'
  code: string
  file: string
  line: number
  where: string
  message: string
  hint: string
}

/** What a rule is set to on the command line. */
export type Level = Finding['severity'] | 'off'

const levels: readonly Level[] = ['off', 'warning', 'error']

/** Parses one `--severity code=level`, adding to those before; usage error for what is not known. */
export function readSeverity (text: string, before: ReadonlyMap<string, Level> = new Map()): Map<string, Level> {
  const [, code = text, given = ''] = /^([^=]*)=(.*)$/.exec(text) ?? []
  const level = levels.find((name) => name === given)
  if (!isRule(code)) throw new InvalidArgumentError(`There is no rule "${code}"; ${suggestion(code)}`)
  if (level === undefined) throw new InvalidArgumentError(`Give ${code}=off, ${code}=warning or ${code}=error.`)
  return new Map([...before, [code, level]])
}

/** What is wrong in a configuration goes by the code of its error, if it has no rule of its own. */
function isRule (code: string): boolean {
  return Object.hasOwn(rules, code) || configurationCodes.includes(code)
}

const configurationCodes: readonly string[] = ['CONFIG_INVALID', 'CONFIG_SYNTAX', 'CONFIG_VARIABLE', 'RULE_INVALID'] satisfies ErrorCode[]

function suggestion (code: string): string {
  const near = closest(code, [...Object.keys(rules), ...configurationCodes])
  return distance(code, near) <= 4 ? `did you mean "${near}"?` : 'docs/reference/findings.md lists them.'
}

/** Each finding once, by file and line, with the severity that the command line gives its rule; those that are off are left out. */
export function settle (findings: readonly Finding[], set: ReadonlyMap<string, Level>): Finding[] {
  const settled = findings.flatMap((finding): Finding[] => {
    const severity = set.get(finding.code) ?? finding.severity
    return severity === 'off' ? [] : [{ ...finding, severity }]
  })
  const once = new Map(settled.map((finding) => [`${finding.file} ${finding.line} ${finding.code} ${finding.message}`, finding]))
  return [...once.values()].sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)
}

/** How many findings there are of each severity. */
export function countFindings (findings: readonly Finding[]): { errors: number, warnings: number } {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return { errors, warnings: findings.length - errors }
}
