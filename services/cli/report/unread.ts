import type { Reject } from '../../processor/event.ts'
import { explainError, GatelensError } from '../../runtime/errors.ts'

/** What to do about a file of which no record could be read: which format was expected, what it looks like, how to get the former. */
export function explainUnread (path: string, first: Reject, format: string): string {
  const message = `no record of the log is one of the format "${format}": ${first.reason}, ${first.detail}`
  const known = format === 'nginx' ? ', or its log_format with --log-format' : format === 'kong' ? ' (for kong: file-log, http-log, tcp-log or kafka-log, as JSON)' : ''
  const hint = `Name the log that the gateway writes in the format "${format}"${known}, or its format with --format. ` +
    'Arrays, and wrappers of Docker, Kubernetes, syslog, journald, Fluent Bit and Filebeat, are opened by themselves.'
  return explainError(new GatelensError('INPUT_UNREADABLE', message, { where: `${path} byte ${first.source_offset}`, hint }))
}
