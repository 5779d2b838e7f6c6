/** Secrets and personal numbers that their shape gives away, wherever free text survives. */
import { isCpf, isDni, isIban, isNhsNumber, isNir, passesLuhn } from './checksums.ts'

/** What replaces a secret that is found in free text. */
export const redacted = '[redacted]'

/** Prefixes that vendors give their tokens, so that leaks are found. */
const prefixes = [
  '(?:sk|rk|pk)[_-]', 'whsec_', 'gh[oprsu]_', 'github_pat_', 'gl[a-z]{2,5}-', 'npm_', 'pypi-', 'do[opr]_v1_', 'shp[a-z]{2}_', 'xox[a-z]-', 'xapp-', 'xoxe\\.',
  'hv[sbr]\\.', 'SG\\.', 'hf_', 'ya29\\.', 'GOCSPX-', '1//0', 'sq0[a-z]{3}-', 'EAA[AC]', 'ATATT3x', 'ATBB', 'dapi(?=[0-9a-f])', 'dckr_pat_', 'figd_', 'glsa_', 'glc_', 'lin_api_',
  'ntn_', 'secret_', 'NRAK-', 'PMAK-', 'pscale_', 'rubygems_', 'sntry[su]_', 'shippo_', 'sbp_', 'AKCp', 'LTAI', 'AKID', 'AGE-SECRET-KEY-', 'atlasv1\\.', 'dp\\.pt\\.', 'sl\\.(?=[A-Z])',
  'v[1-4]\\.(?:local|public)\\.', 'AIza', '(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)(?=[A-Z0-9]{12})', '(?:AC|SK)(?=[0-9a-f]{32})', 'CFPAT-', 'PRIVATE-TOKEN',
].join('|')

const names = 'password|passwd|pwd|passphrase|passcode|pass|pin|otp|secret|token|key|jwt|auth|authorization|credentials?|signature|sig|session|sessionid|sid|csrf|xsrf|cvv|cvc|ssn|iban'
const prefix = '(?:access|refresh|id|client|api|private|secret|shared|account|auth|bearer|session|user|x)'

/** Shapes that are worth a closer look: nearly all texts have none of them, and cost one test. */
const suspicious = new RegExp([
  'eyJ[\\w-]', '[:@=]', '%(?:25)?(?:40|3[ad])', '-----BEGIN', '(?:bearer|basic|digest|apikey|negotiate|ssh-rsa)\\s', 'P<[A-Z]{3}',
  `(?<![A-Za-z0-9])(?:${prefixes})`, '\\d[ ().+/-]?(?:\\d[ ().+/-]{0,2}){6}', '[0-9a-f]{32}', '[\\w+/-]{20}', '(?:[0-9a-f]{2}-){5}', '\\d[A-Z](?![A-Za-z0-9])',
].join('|'), 'i')

/** Each is bounded or possessive by its character class, so a hostile text costs linear time. */
const shapes: readonly RegExp[] = [
  /-----BEGIN[A-Z ]{0,40}-----[^]*/g,
  /(?<![A-Za-z0-9])eyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g,
  new RegExp(`(?<![A-Za-z0-9])(?:${prefixes})[\\w.~+/=-]{8,}`, 'gi'),
  /\b(?:bearer|basic|digest|apikey|negotiate|ssh-rsa)\s+[\w.~+/=-]{3,}/gi,
  new RegExp(`(?<![A-Za-z0-9])(?:${prefix}[_-]?)?(?:${names})(?:\\s*[=:]\\s*|%(?:25)?3[ad])[^\\s&;,]+`, 'gi'),
  /\/\/[^/\s@]{1,256}@/g,
  /[^\s@<>()",;:/?&=]{1,64}(?:@|%(?:25)?40)[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}/giu,
  // Telegram and Discord bots.
  /(?<!\d)\d{8,10}:AA[\w-]{30,}/g,
  /(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}/g,
  /(?<![0-9a-z])(?:0x)?[0-9a-f]{32,}(?![0-9a-z])/gi,
  /(?<![0-9a-z])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-z])/gi,
  // Bitcoin addresses; the machine-readable zone of passports.
  /(?<![A-Za-z0-9])(?:bc1[a-z0-9]{25,60}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})(?![A-Za-z0-9])/g,
  /P<[A-Z]{3}[A-Z0-9<]{5,}/g,
]

/** Personal numbers that have a shape of their own, without check digits. */
const numbers: readonly RegExp[] = [
  // United States: SSN and ITIN.
  /(?<![\w-])(?!000|666)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])/g,
  // Telephone: E.164, North America, and with a leading zero.
  /(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)/g,
  /(?<![\w-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])/g,
  /(?<![\w.+-])0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5}(?![\w.-])/g,
  /(?<![\w.-])00?[1-9]\d{8,12}(?![\w.-])/g,
  // United Kingdom: national insurance. Italy: codice fiscale. Switzerland: AHV. Denmark and Sweden: personal numbers.
  /(?<![A-Za-z0-9])[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])/gi,
  /(?<![A-Za-z0-9])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![A-Za-z0-9])/gi,
  /(?<!\d)756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?!\d)/g,
  /(?<![\w-])(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d{4}(?![\w-])/g,
]

/** Numbers whose check digits must be right as well, so that few ordinary ones are taken for them. */
const checked: ReadonlyArray<readonly [RegExp, (text: string) => boolean]> = [
  [/(?<![\d.])\d(?:[ .-]?\d){12,18}(?![\d.]*\d)/g, passesLuhn],
  [/(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Za-z0-9])/gi, isIban],
  [/(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])/g, isNhsNumber],
  [/(?<!\d)\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\d)/g, isCpf],
  [/(?<![\d-])\d{3}[- ]\d{3}[- ]\d{3}(?![\d-])/g, passesLuhn],
  [/(?<![A-Za-z0-9])[XYZ\d]\d{7}-?[A-Z](?![A-Za-z0-9])/gi, isDni],
  [/(?<![A-Za-z0-9])[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![A-Za-z0-9])/gi, isNir],
]

const longText = /[\w+/-]{20,}={0,2}/g

/**
 * Replaces everything that has the known shape of a secret: tokens (JWT, cloud, payment and forge keys), authorization
 * values, `name=value` of secret names, user info of URLs, e-mail addresses, telephone numbers, payment cards, IBANs,
 * numbers of health and social insurance, long hex and base64. Linear in the length of the text.
 */
export function scrub (text: string): string {
  if (text.length < 6 || !suspicious.test(text)) return text
  let clean = text
  for (const shape of shapes) clean = clean.replace(shape, redacted)
  for (const [shape, isValid] of checked) clean = clean.replace(shape, (found) => isValid(found) ? redacted : found)
  for (const shape of numbers) clean = clean.replace(shape, redacted)
  return clean.replace(longText, (run) => isRandom(run) ? redacted : run)
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Names are words of one case with short numbers; random texts mix letters and digits in one run. Ids of entities (UUIDs)
 * stay.
 */
function isRandom (run: string): boolean {
  if (uuid.test(run)) return false
  if (run.length >= 32 && /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run)) return true
  return /(?=[A-Za-z0-9]{20})[A-Za-z]*\d+[A-Za-z]+\d+[A-Za-z0-9]*/.test(run)
}
