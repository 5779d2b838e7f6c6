/** What replaces a secret that is found in free text. */
export const redacted = '[redacted]'

/** Shapes that are worth a closer look: nearly all texts have none of them, and cost one test. */
const suspicious = new RegExp([
  'eyJ[\\w-]', '[:@=]', '%(?:40|3[ad])', '(?:AKIA|ASIA|AROA|AIDA|AIza|SG\\.|EAAC)', '[srp]k[_-]', 'gh[oprsu]_', 'github_pat_',
  'gl[a-z]{2,5}-', 'xox[a-z]-', 'xapp-', 'npm_', 'hvs\\.', 'shp[a-z]{2}_', 'dop_v1_', '-----BEGIN', '(?:bearer|basic|digest|apikey)\\s',
  '\\d[ -]?(?:\\d[ -]?){11}\\d', '[0-9a-f]{32}', '[\\w+/-]{32}',
].join('|'), 'i')

/** Each is bounded or possessive by its character class, so a hostile text costs linear time. */
const shapes: readonly RegExp[] = [
  /-----BEGIN[A-Z ]{0,40}-----[^]*/g,
  /\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}/g,
  /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}/g,
  /\bAIza[\w-]{20,}/g,
  /\bSG\.[\w-]{10,}(?:\.[\w-]+)?/g,
  /\b(?:sk|rk|pk)[_-][A-Za-z0-9_-]{8,}/g,
  /\b(?:gh[oprsu]_|github_pat_|npm_|dop_v1_|shp[a-z]{2}_)\w{10,}/g,
  /\b(?:gl[a-z]{2,5}-|xox[a-z]-|xapp-|hvs\.)[\w.-]{10,}/g,
  /\b(?:bearer|basic|digest|apikey)\s+[\w.~+/=-]{3,}/gi,
  /\b(?:password|passwd|pwd|passphrase|secret|client_secret|token|access_token|id_token|refresh_token|api[_-]?key|apikey|authorization|signature|sig|session|sid)(?:\s*[=:]\s*|%3[ad])[^\s&;,]+/gi,
  /\/\/[^/\s@]{1,256}@/g,
  /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi,
  /\b[0-9a-f]{32,}\b/gi,
]

const cardLike = /\b\d(?:[ -]?\d){12,18}\b/g
const longText = /[\w+/-]{32,}={0,2}/g

/**
 * Replaces everything that has the known shape of a secret: tokens (JWT, cloud, payment and forge keys), authorization
 * values, `name=value` of secret names, user info of URLs, e-mail addresses, card numbers (Luhn), long hex and base64.
 */
export function scrub (text: string): string {
  if (text.length < 6 || !suspicious.test(text)) return text
  let clean = text
  for (const shape of shapes) clean = clean.replace(shape, redacted)
  return clean.replace(cardLike, (digits) => isCard(digits) ? redacted : digits)
    .replace(longText, (run) => isRandom(run) ? redacted : run)
}

/** The Luhn sum of ISO/IEC 7812. */
function isCard (text: string): boolean {
  const digits = text.replace(/\D/g, '')
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Names are words of one case; random texts mix all three kinds of letters. Ids of entities stay. */
function isRandom (run: string): boolean {
  return !uuid.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run)
}
