/**
 * JSON objects in which collectors put a line or a record. Sources: Docker's json-file driver, Fluent Bit's and Fluentd's
 * `log`, Filebeat's, Logstash's and Vector's `message`, journalctl's `-o json` (`MESSAGE`), Promtail's `line`, Splunk's HTTP
 * event collector (`event`), Google Cloud Logging (`jsonPayload`, `textPayload`), Amazon CloudWatch (`logEvents`) and
 * Elasticsearch (`_source`).
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
  return undefined
}

function contentsOf (value: unknown): unknown[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null ? [value] : []
  // journald writes what is no UTF-8 text as a list of bytes.
  if (value.length > 0 && value.every((item) => Number.isInteger(item) && item >= 0 && item < 256)) return [Buffer.from(value as number[]).toString('utf8')]
  return value.filter((item) => typeof item === 'string' || (typeof item === 'object' && item !== null))
}
