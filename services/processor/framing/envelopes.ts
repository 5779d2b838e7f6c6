/**
 * JSON objects in which collectors put a line or a record. Sources: Docker's json-file driver, Fluent Bit's and Fluentd's
 * `log`, Filebeat's, Logstash's and Vector's `message`, journalctl's `-o json` (`MESSAGE`), Promtail's `line`, Splunk's HTTP
 * event collector (`event`) and exports (`result`, `_raw`), Google Cloud Logging (`jsonPayload`, `textPayload`), Amazon
 * CloudWatch (`logEvents`), Elasticsearch (`_source`) and the Elastic Common Schema (`event.original`).
 */
export interface Envelope {
  name: string
  /** The member that holds the record: its text, the object itself, or a list of either. */
  member: string
  /** Members that tell this collector from another one with the same member. */
  beside?: readonly string[]
}

/** The more specific before the more general; the first whose members are all there is the one. */
export const envelopes: readonly Envelope[] = [
  { name: 'Docker json-file', member: 'log', beside: ['stream', 'time'] },
  { name: 'Filebeat', member: 'message', beside: ['@timestamp'] },
  { name: 'Fluent Bit', member: 'log' },
  { name: 'journald JSON', member: 'MESSAGE' },
  { name: 'a field `message`', member: 'message' },
  { name: 'Google Cloud Logging', member: 'jsonPayload' },
  { name: 'Google Cloud Logging', member: 'textPayload' },
  { name: 'Amazon CloudWatch', member: 'logEvents' },
  { name: 'Elasticsearch', member: '_source' },
  { name: 'Splunk', member: 'event' },
  { name: 'Splunk', member: 'result', beside: ['preview'] },
  { name: 'Splunk', member: '_raw' },
  { name: 'a field `original`', member: 'original' },
  { name: 'a field `@message`', member: '@message' },
  { name: 'a field `line`', member: 'line' },
  { name: 'a field `msg`', member: 'msg' },
  { name: 'a field `body`', member: 'body' },
  { name: 'a field `record`', member: 'record' },
  { name: 'a field `data`', member: 'data' },
  { name: 'a field `value`', member: 'value' },
]

/** The envelope that an object is, and what is in it: texts and objects, in their order. Undefined when it is none. */
export function openEnvelope (object: Readonly<Record<string, unknown>>): { name: string, contents: unknown[] } | undefined {
  for (const { name, member, beside = [] } of envelopes) {
    if (!Object.hasOwn(object, member) || !beside.every((other) => Object.hasOwn(object, other))) continue
    const contents = contentsOf(object[member])
    if (contents.length > 0) return { name, contents }
  }
  return openOnlyRecord(object)
}

/** A logging plugin may give the record any name: the only member that looks like a record, or like a list of them, is the one. */
function openOnlyRecord (object: Readonly<Record<string, unknown>>): { name: string, contents: unknown[] } | undefined {
  const [records, ...others] = Object.values(object)
    .filter((value) => Array.isArray(value) ? value.length > 0 && value.every(isRecord) : isRecord(value))
  return records === undefined || others.length > 0 ? undefined : { name: 'a field of another name', contents: contentsOf(records) }
}

function isRecord (value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith('{') && value.includes('"request"')
  return typeof value === 'object' && value !== null && 'request' in value && typeof value.request === 'object'
}

function contentsOf (value: unknown): unknown[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null ? [value] : []
  // journald writes what is no UTF-8 text as a list of bytes.
  if (value.length > 0 && value.every((item) => Number.isInteger(item) && item >= 0 && item < 256)) return [Buffer.from(value as number[]).toString('utf8')]
  return value.filter((item) => typeof item === 'string' || (typeof item === 'object' && item !== null))
}
