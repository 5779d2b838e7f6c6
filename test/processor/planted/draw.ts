/** Draws texts out of random numbers, so that every planted secret is one of its own. */

export const digits = '0123456789'
export const lower = 'abcdefghijklmnopqrstuvwxyz'
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const hex = '0123456789abcdef'
export const base62 = digits + upper + lower
export const base64url = `${base62}-_`

/** Numbers from 0 to 1. */
export type Random = () => number

/** A secret as it is planted, and the parts of it of which none may be published. */
export interface Secret { text: string, parts: string[] }

/** Draws one secret of a kind; a text alone is its own only part. */
export type Kind = (random: Random) => string | Secret

/** A secret behind something that is none. */
export function behind (text: (secret: string) => string, kind: (random: Random) => string): Kind {
  return (random) => {
    const secret = kind(random)
    return { text: text(secret), parts: [secret] }
  }
}

/** `length` characters of an alphabet. */
export function draw (random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('')
}

/** One of a list. */
export function pick<Item> (random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!
}

/** Digits with the one behind them that makes the Luhn sum right (ISO/IEC 7812). */
export function withLuhn (payload: string): string {
  let sum = 0
  for (let index = payload.length - 1, double = true; index >= 0; index--, double = !double) {
    const digit = Number(payload[index]) * (double ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return `${payload}${(10 - sum % 10) % 10}`
}

/** An account number with the check digits of its country in front (ISO 13616). */
export function iban (country: string, account: string): string {
  const letters = `${account}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return `${country}${String(98n - BigInt(letters) % 97n).padStart(2, '0')}${account}`
}

/** Ten digits whose last is the check digit of the NHS. */
export function nhsNumber (random: Random): string {
  for (;;) {
    const payload = draw(random, '123456789', 9)
    const sum = [...payload].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0)
    const check = 11 - sum % 11
    if (check !== 10) return `${payload}${check % 11}`
  }
}

/** A text in groups: `1234 5678`. */
export function grouped (text: string, size: number, separator = ' '): string {
  return (text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(separator)
}

export function base64 (text: string): string {
  return Buffer.from(text).toString('base64')
}
