/**
 * Texts that collectors put before a line. The record follows as it was. Sources: the CRI log format of Kubernetes,
 * `kubectl logs --prefix --timestamps`, docker compose, RFC 3164, RFC 5424, RFC 6587 §3.4.1 (octet counts), rsyslog's
 * file formats and the short output of journalctl.
 */
export interface Prefix { name: string, pattern: RegExp }

const instant = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[+-]\\d{2}:?\\d{2})'
const clock = '[A-Z][a-z]{2} [ \\d]\\d(?: \\d{4})? \\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?'
const structured = '(?:-|(?:\\[(?:[^\\]\\\\]|\\\\.){0,2048}\\])+)'
const tag = '[^\\s:[\\]]{1,128}(?:\\[[^\\]]{0,64}\\])?:'

/** The headers of syslog messages as they are sent, with a priority. */
const sentPrefixes: readonly Prefix[] = [
  {
    name: 'syslog (RFC 5424)',
    pattern: new RegExp(`^(?:\\d{1,7} )?<\\d{1,3}>\\d{1,2} (?:${instant}|-) \\S{1,255} \\S{1,48} \\S{1,128} \\S{1,32} ${structured} ?(?:\\u00EF\\u00BB\\u00BF)?`),
  },
  { name: 'syslog (RFC 3164)', pattern: new RegExp(`^(?:\\d{1,7} )?<\\d{1,3}>(?:${clock}|${instant}) (?:\\S{1,255} )?${tag} ?`) },
]

/** Those of syslog, the more specific before the more general. */
export const syslogPrefixes: readonly Prefix[] = [
  ...sentPrefixes,
  { name: 'syslog', pattern: new RegExp(`^(?:${clock}|${instant}) \\S{1,255} ${tag} ?`) },
]

const priority: Prefix = { name: 'a syslog priority', pattern: /^<\d{1,3}>/ }

/** What a syslog message that is sent begins with: what else may begin a line is the record's own. */
export const syslogHeaders: readonly Prefix[] = [...sentPrefixes, priority]

/** Bounded by their classes; each is tried at the start of a line, the more specific before the more general. */
export const prefixes: readonly Prefix[] = [
  { name: 'CRI', pattern: new RegExp(`^${instant} (?:stdout|stderr) [FP](?::\\S*)? `) },
  { name: 'kubectl --prefix', pattern: new RegExp(`^\\[(?:pod|job|deployment)/[^\\]\\s]{1,512}\\] (?:${instant} )?`) },
  ...syslogPrefixes,
  { name: 'docker compose', pattern: /^[\w.-]{1,128} +\| +/ },
  { name: 'a time stamp', pattern: new RegExp(`^\\[?${instant}\\]?[ \\t]+`) },
  priority,
]

/** A line may have been put behind several: kubectl before CRI, syslog before a time stamp. */
const mostPrefixes = 3
const longest = 4096

/**
 * The names of the prefixes before a record and where the record starts; undefined when the text starts with none. `isRecord` is
 * asked behind each of them: a record may begin with what elsewhere is a prefix, such as a time stamp.
 */
export function readPrefix (text: string, isRecord: (start: number) => boolean): { name: string, length: number } | undefined {
  const head = text.slice(0, longest)
  const names: string[] = []
  let length = 0
  while (names.length < mostPrefixes && head[length] !== '{' && (length === 0 || !isRecord(length))) {
    const rest = head.slice(length)
    const lengths = prefixes.map(({ name, pattern }) => ({ name, length: pattern.exec(rest)?.[0].length ?? 0 }))
    const found = lengths.find((item) => item.length > 0)
    if (found === undefined) break
    names.push(found.name)
    length += found.length
  }
  return names.length === 0 ? undefined : { name: names.join(' in '), length }
}

/** How many characters the first of these prefixes takes up that a text begins with; 0 without one. */
export function prefixLength (text: string, among: readonly Prefix[]): number {
  const head = text.slice(0, longest)
  for (const { pattern } of among) {
    const length = pattern.exec(head)?.[0].length ?? 0
    if (length > 0) return length
  }
  return 0
}
