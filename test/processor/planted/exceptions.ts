/** What may come out, because the field is there to say just that, and nothing tells it from a secret. */

/** A kind in a place. */
export interface Planted { place: string, kind: string, text: string, names: 'all' | 'declared' }

const figures = /^(?:(?:request|response)\.size|answered (?:x-)?ratelimit-.*|latencies\..*)$/
const ids = /^(?:request id|correlation id alone|answered request id alone|trace.*|.* of a traceparent)$/
const entityIds = /^(?:service\.name|service without a name|(?:service|route|consumer) of an id alone|route\.name)$/
const names = /^(?:service\.name|service without a name|service of an id alone|route\..*|route of an id alone|route in the form of a template|consumer\.username|consumer of .* alone)$/

/** Words and numbers that a name may be made of: `acme-logistics` and `jane-doe` look alike. */
const wordLike = new Set(['password of a word and a number', 'passphrase', 'voucher', 'name with a blank', 'name with a hyphen', 'name in camel case', 'name with a dot', 'user name',
  'user name with a number', 'licence plate', 'case number'])

/** True where a value of this kind is what the place is for: figures, ids of gateways, addresses of upstreams, names of operators. */
export function isReadable ({ place: full, kind, text, names: published }: Planted): boolean {
  const place = full.replace(/, undeclared path$/, '')
  if (figures.test(place)) return /^\d+$/.test(text) && Number(text) < 1e12
  if (ids.test(place)) return kind === '16 hex digits' || kind === '32 hex digits' || (kind === 'session id that is a uuid' && !place.includes('trace'))
  if (place === 'address of a try') return kind === 'ipv4 address' || kind === 'ipv6 address'
  if (entityIds.test(place) && kind === 'session id that is a uuid') return true
  return published === 'all' && names.test(place) && wordLike.has(kind)
}
