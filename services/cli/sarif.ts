/**
 * Findings as SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/, with the properties that code hosts ask for:
 * a description of every rule, a line of every result, and a fingerprint that outlives a moved line.
 */
import { createHash } from 'node:crypto'
import { isAbsolute, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { version } from '../runtime/package.ts'

/** One finding. `file` is a path or a URL, `line` is 1-based, 0 when the file as a whole is meant. */
export interface SarifFinding {
  rule: string
  level: 'error' | 'warning' | 'note'
  message: string
  file: string
  line: number
  /** Identifies the finding across runs; by default rule, file and message do. */
  fingerprint?: string
}

/** What a rule says: one sentence, what to do about it, and how bad its findings are, unless they say it themselves. */
export interface SarifRule { summary: string, help?: string, level?: SarifFinding['level'] }

/**
 * A SARIF log with one run, as text. Paths below the working directory are written relative to it. A rule that a finding
 * names and `rules` does not know is described by its name.
 */
export function toSarif (findings: readonly SarifFinding[], rules: Readonly<Record<string, SarifRule>>): string {
  const ids = [...new Set([...Object.keys(rules), ...findings.map(({ rule }) => rule)])]
  const places = new Map(ids.map((id, index) => [id, index]))
  const seen = new Map<string, number>()
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'Gatelens', version, semanticVersion: version, rules: ids.map((id) => describeRule(id, rules[id])) } },
      columnKind: 'utf16CodeUnits',
      originalUriBaseIds: { [sourceRoot]: { description: { text: 'The folder that the command ran in.' } } },
      results: findings.map((finding) => describeFinding(finding, places.get(finding.rule)!, seen)),
    }],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

const sourceRoot = '%SRCROOT%'

function describeRule (id: string, { summary, help = summary, level = 'warning' }: SarifRule = { summary: id }): unknown {
  const text = { shortDescription: { text: summary }, fullDescription: { text: summary }, help: { text: help } }
  return { id, ...text, defaultConfiguration: { level } }
}

function describeFinding (finding: SarifFinding, ruleIndex: number, seen: Map<string, number>): unknown {
  const { rule, level, message, file, line } = finding
  const artifactLocation = locationOf(file)
  // A code host takes no result without a line; a whole file is told by its first.
  const physicalLocation = { artifactLocation, region: { startLine: Math.max(1, line) } }
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: message },
    locations: [{ physicalLocation }],
    partialFingerprints: { primaryLocationLineHash: fingerprintOf(finding, artifactLocation.uri, seen) },
  }
}

function locationOf (file: string): { uri: string, uriBaseId?: string } {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file) && URL.canParse(file)) return { uri: new URL(file).href }
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file
  if (isAbsolute(file) && path.startsWith('..')) return { uri: pathToFileURL(file).href }
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: sourceRoot }
}

/** Equal findings of one file are numbered, as code hosts expect of this property. */
function fingerprintOf (finding: SarifFinding, uri: string, seen: Map<string, number>): string {
  const identity = finding.fingerprint ?? finding.message
  const hash = createHash('sha256').update(JSON.stringify([finding.rule, uri, identity])).digest('hex').slice(0, 32)
  const count = (seen.get(hash) ?? 0) + 1
  seen.set(hash, count)
  return `${hash}:${count}`
}
