/** Check digits of numbers that name a person or an account. Each takes a text with or without separators. */

/** The Luhn sum of ISO/IEC 7812: payment cards, IMEIs, Canadian SINs, Swedish personal numbers. */
export function passesLuhn (text: string): boolean {
  const digits = digitsOf(text)
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

/** An IBAN of ISO 13616: country, two check digits (ISO 7064, modulo 97) and an account of 11 to 30 characters. */
export function isIban (text: string): boolean {
  const bare = text.replace(/[^A-Za-z0-9]/g, '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare)) return false
  let rest = 0
  for (const character of bare.slice(4) + bare.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

/** A number of the National Health Service of England: ten digits, the last one modulo 11. */
export function isNhsNumber (text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length !== 10 || /^(\d)\1+$/.test(digits)) return false
  const check = 11 - weigh(digits.slice(0, 9), [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return check % 11 === Number(digits[9])
}

/** A Brazilian CPF: eleven digits, the last two modulo 11. */
export function isCpf (text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length !== 11 || /^(\d)\1+$/.test(digits)) return false
  const first = weigh(digits.slice(0, 9), [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10
  const second = weigh(digits.slice(0, 10), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10
  return first === Number(digits[9]) && second === Number(digits[10])
}

/** A Spanish DNI or NIE: seven or eight digits and the letter that their rest of 23 names. */
export function isDni (text: string): boolean {
  const bare = text.replace(/[^A-Za-z0-9]/g, '').toUpperCase()
  const digits = bare.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)))
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === bare.at(-1)
}

/** A French social security number: thirteen digits (2A and 2B for Corsica) and their key modulo 97. */
export function isNir (text: string): boolean {
  const bare = text.replace(/[^A-Za-z0-9]/g, '').toUpperCase()
  if (bare.length !== 15) return false
  const number = BigInt(bare.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  return 97n - number % 97n === BigInt(bare.slice(13))
}

function weigh (digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0)
}

function digitsOf (text: string): string {
  return text.replace(/\D/g, '')
}
