/** Rule 9 in words: what each segment of an undeclared path was taken for, and why. */
import type { InferredSegment } from '../endpoint.ts'
import type { KnowsWord } from '../known-word.ts'
import { inferSegment, inferSegmentAt, newPlace, REST, walkSegments } from '../infer.ts'

/** The segments of a path in normal form with their labels. */
export function explainSegments (path: string, knows: KnowsWord): InferredSegment[] {
  const segments: InferredSegment[] = []
  walkSegments(path, newPlace(), (raw, place) => {
    const label = inferSegmentAt(raw, place, knows)
    const byPlace = label === raw && raw !== REST && inferSegment(raw, knows) !== raw
    segments.push({ segment: raw, label, reason: byPlace ? placeReason(raw) : reasonOf(raw, label) })
    return label
  })
  return segments
}

function placeReason (raw: string): string {
  return /^\d/.test(raw) ? 'a version, as it stands in front' : 'a name, as it stands behind apis'
}

const reasons: Readonly<Record<string, string>> = {
  '{int}': 'a whole number',
  '{number}': 'a number',
  '{uuid}': 'the shape of a UUID',
  '{date}': 'a date',
  '{time}': 'a time',
  '{email}': 'an e-mail address',
  '{phone}': 'a telephone number',
  '{ip}': 'an IP address',
  '{mac}': 'a MAC address',
  '{host}': 'a host name',
  '{arn}': 'an Amazon resource name',
  '{version}': 'a version of software',
  '{token}': 'a JSON Web Token',
  '{objectid}': '24 hexadecimal digits',
  '{ulid}': 'the shape of a ULID',
  '{ksuid}': 'the shape of a KSUID',
  '{nanoid}': 'the shape of a Nano ID',
  '{hex}': 'hexadecimal digits',
  '{base64}': 'long, of digits and both cases',
  '{id}': 'letters and digits as ids mix them',
  '{word}': 'a word that is not known to be one of APIs, the catalog or the gateway: it may be a name',
  '{slug}': 'a slug: many words in one segment',
  '{list}': 'a list: values with commas between them',
  '{matrix}': 'matrix parameters',
  '{file}': 'the name of a file that is no word',
  '{text}': 'free text: too long for a word, or with characters that words do not have',
}

function reasonOf (raw: string, label: string): string {
  if (label === REST) return 'the rest of a long path'
  if (label === raw) return /^v\d/i.test(raw) ? 'a version' : 'a known word'
  const type = /\{[^}]*\}/.exec(label)?.[0] ?? ''
  if (label === `${type}`) return reasons[type] ?? 'a value'
  return type === '{key}' ? 'a function with its key' : `${reasons[type] ?? 'a value'}, beside what stays`
}
