/** Syslog lines: RFC 3164, RFC 5424, with an octet count (RFC 6587 §3.4.1), and as rsyslog and syslog-ng write them into files. */
import { z } from 'zod'
import { defineFraming } from './definition.ts'
import { trimmed } from './open.ts'
import { prefixLength, syslogPrefixes } from './prefixes.ts'

/** The messages of a syslog, one a line. */
export const syslog = defineFraming({
  name: 'syslog',
  summary: 'syslog messages, RFC 3164 and RFC 5424, also as rsyslog writes them into files',
  options: z.strictObject({}),
  unit: 'line',
  create: () => ({ bytes, offset }) => {
    const length = prefixLength(bytes.toString('latin1', 0, longestHead), syslogPrefixes)
    if (length > 0) return trimmed({ bytes: bytes.subarray(length), offset: offset + length })
    return 'a syslog message: priority, time, host, tag, text'
  },
})

const longestHead = 4096
