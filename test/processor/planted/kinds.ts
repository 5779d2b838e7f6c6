import { credentials } from './credentials.ts'
import type { Kind, Random, Secret } from './draw.ts'
import { persons } from './persons.ts'
import { tokens } from './tokens.ts'

/** All kinds of secrets and of personal data by name. */
export const kinds: Readonly<Record<string, Kind>> = { ...tokens, ...credentials, ...persons }

/** Draws a secret of a kind, another one each time. */
export function make (kind: Kind, random: Random): Secret {
  const made = kind(random)
  return typeof made === 'string' ? { text: made, parts: [made] } : made
}
