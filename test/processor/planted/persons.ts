/** Kinds of personal data. */
import { base62, digits, draw, grouped, hex, iban, lower, nhsNumber, pick, upper, withLuhn } from './draw.ts'
import type { Kind, Random } from './draw.ts'

/** A family name that nobody has, so that it is found wherever it comes out. */
const family = (random: Random): string => `Ostr${draw(random, 'aeiou', 1)}nd${draw(random, 'aeiou', 1)}${draw(random, lower, 4)}`
const first = (random: Random): string => pick(random, ['Wilhelmina', 'Bartholomew', 'Esmeralda', 'Thaddeus'])

const named = (write: (first: string, family: string) => string): Kind => (random) => {
  const name = family(random)
  return { text: write(first(random), name), parts: [name] }
}

export const persons: Readonly<Record<string, Kind>> = {
  'name with a blank': named((a, b) => `${a} ${b}`),
  'name with a hyphen': named((a, b) => `${a}-${b}`.toLowerCase()),
  'name in camel case': named((a, b) => `${a}${b}`),
  'name with a dot': named((a, b) => `${a}.${b}`.toLowerCase()),
  'user name': named((a, b) => `${a.charAt(0)}${b}`.toLowerCase()),
  'user name with a number': named((_, b) => `${b.toLowerCase()}84`),
  'e-mail address': named((a, b) => `${a}.${b}@mail.example`),
  'e-mail address with a tag': named((a, b) => `${b}+news.${a}@mail.example`),
  'telephone number': (r) => `+4915${draw(r, digits, 9)}`,
  'telephone number of the united states': (r) => `(415) 555-${draw(r, digits, 4)}`,
  'telephone number of the united kingdom': (r) => `07911 ${draw(r, digits, 6)}`,
  'payment card': (r) => withLuhn(`4${draw(r, digits, 14)}`),
  'payment card in groups': (r) => grouped(withLuhn(`5${draw(r, digits, 14)}`), 4),
  'payment card with hyphens': (r) => grouped(withLuhn(`4${draw(r, digits, 14)}`), 4, '-'),
  'american express card': (r) => withLuhn(`37${draw(r, digits, 12)}`),
  'iban of germany': (r) => iban('DE', draw(r, digits, 18)),
  'iban of britain in groups': (r) => grouped(iban('GB', `${draw(r, upper, 4)}${draw(r, digits, 14)}`), 4),
  'social security number': (r) => `${draw(r, '12345', 3)}-${draw(r, '123456789', 2)}-${draw(r, '123456789', 4)}`,
  'nhs number': (r) => nhsNumber(r).replace(/^(...)(...)/, '$1 $2 '),
  'nhs number without blanks': nhsNumber,
  'national insurance number': (r) => `JG${draw(r, digits, 6)}C`,
  'booking code': (r) => `${draw(r, upper, 3)}${draw(r, '23456789', 1)}${draw(r, upper, 2)}`,
  'passport number': (r) => `C${draw(r, digits, 2)}X${draw(r, digits, 2)}T${draw(r, digits, 2)}`,
  'passport number of digits': (r) => draw(r, '123456789', 9),
  'machine-readable passport': (r) => `P<GBR${draw(r, upper, 9)}<<${draw(r, upper, 7)}<<<<<<<<<<<<`,
  'driving licence': (r) => `${draw(r, upper, 5)}${draw(r, digits, 6)}${draw(r, upper, 2)}9${draw(r, upper, 2)}`,
  'licence plate': (r) => `B-${draw(r, upper, 2)} ${draw(r, '123456789', 4)}`,
  'number of a device': (r) => withLuhn(`35${draw(r, digits, 12)}`),
  'date of birth': (r) => `19${draw(r, '56789', 1)}${draw(r, digits, 1)}-0${draw(r, '123456789', 1)}-1${draw(r, digits, 1)}`,
  'street address': (r) => {
    const street = `Lindenhof${draw(r, lower, 6)}`
    return { text: `${street} 14, 10969 Berlin`, parts: [street] }
  },
  'ipv4 address': (r) => `198.51.100.1${draw(r, digits, 2)}`,
  'ipv6 address': (r) => `2001:db8:85a3::8a2e:370:${draw(r, '123456789', 4)}`,
  'mac address': (r) => grouped(draw(r, hex, 12), 2, ':'),
  coordinates: (r) => {
    const parts = [`52.5${draw(r, digits, 5)}`, `13.4${draw(r, digits, 5)}`]
    return { text: parts.join(','), parts }
  },
  'customer number': (r) => draw(r, '123456789', 10),
  'case number': (r) => `HRA-${draw(r, digits, 4)}-${draw(r, base62, 5)}`,
}
