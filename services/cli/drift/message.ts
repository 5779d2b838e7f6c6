import { countOf, formatTime } from '../terminal.ts'
import type { Finding } from './finding.ts'

/** A finding as one sentence. */
export function messageOf (finding: Finding): string {
  const { kind, method, route, operation } = finding
  const place = `${method === '' ? [...finding.methods.keys()].join(', ') : method} ${route}`
  if (kind === 'unused-operation') return `${place} is declared${operation?.deprecated === true ? ' (deprecated)' : ''}, and ${lastUseOf(finding)}.`
  return `${place} ${verbs[kind](finding)}: ${countOf(finding.requests, 'request')}${callersOf(finding)}, the last at ${formatTime(isoTime(finding.last_seen) ?? '')} UTC.`
}

/** Epoch ms as ISO 8601; null stays null. */
export function isoTime (time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

const verbs: Record<Exclude<Finding['kind'], 'unused-operation'>, (finding: Finding) => string> = {
  'undocumented-path': ({ served }) => served > 0 ? 'is served and not declared' : 'is asked for and not declared',
  'undeclared-method': ({ served }) => served > 0 ? 'is served, and the path does not declare the method' : 'is asked for, and the path does not declare the method',
  'undeclared-status': ({ status }) => `answers with ${status}, which it does not declare`,
  'deprecated-operation': () => 'is deprecated and still called',
}

function callersOf ({ partners }: Finding): string {
  if (partners.size === 0) return ''
  if (partners.size > 1) return ` by ${partners.size} callers`
  const [name = ''] = partners.keys()
  return name === '' ? ' by anonymous callers' : ` by ${name}`
}

function lastUseOf ({ last_seen: last }: Finding): string {
  return last === null ? 'no request for it is known' : `nobody has called it since ${formatTime(isoTime(last) ?? '')} UTC`
}
