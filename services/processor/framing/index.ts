import { cri } from './cri.ts'
import { docker } from './docker.ts'
import { field } from './field.ts'
import { journald } from './journald.ts'
import { json } from './json.ts'
import { auto, lines, message } from './plain.ts'
import { syslog } from './syslog.ts'

/** The framings. Their names are those that `framing` uses. */
export const framings = [auto, lines, message, json, docker, cri, journald, syslog, field] as const
