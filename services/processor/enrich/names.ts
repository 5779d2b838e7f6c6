/**
 * Names that a gateway's configuration gives to consumers, routes and services. Nothing tells a name from a word of a secret, so
 * words stay; what has the shape of a number of somebody, a key or a code is no name, unless it is declared.
 */
import { inferRoute } from '../../../normalizer/index.ts'
import { scrub } from '../secrets.ts'
import { remember } from './cache.ts'

const everything = (): boolean => true
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** True for the id of an entity: Kong gives each a UUID, and logs it where there is no name. */
export function isEntityId (text: string): boolean {
  return uuid.test(text)
}

/** Digits of a name that has letters, as in `partner-2024-0017`, and of one that has none. */
const mostDigits = 8
const mostBareDigits = 5

/** True for a text that reads as a name: `acme-logistics`, `PARTNER-0003`, `get-/v1/orders/{id}`; false for `K3XQ9Z` and `10.2.3.4`. */
export function readsAsName (text: string): boolean {
  return !/[,;=&<>()[\]"'\\]/.test(text) && text.split('/').every((segment) => {
    const digits = segment.replace(/\D/g, '').length
    return digits <= (/\p{L}{2}/u.test(segment) ? mostDigits : mostBareDigits) && segment.split(/[\s\-_.:@+~{}]+/).every(isNamePart)
  })
}

/** A filter of names that may be read: those that read as names, or only those that are declared. */
export function createNameFilter (names: 'all' | 'declared', isDeclared: (name: string) => boolean): (name: string) => boolean {
  const reads = remember('readable', 5000, (name) => readsAsName(name) && scrub(name) === name ? name : '')
  return (name) => (names === 'all' && reads.of(name) === name) || isDeclared(name)
}

function isNamePart (part: string): boolean {
  if (part.length < 4 || /^\d+$/.test(part)) return true
  // Letters in changing case are a key, unless they make words.
  if (/^\p{L}+$/u.test(part)) return !/(?:[a-z][A-Z].*){3}|[A-Z]{2}[a-z].*[A-Z]{2}[a-z]/.test(part) || isWord(part)
  const counted = /^([A-Za-z]{3,})\d{1,5}$/.exec(part)
  return isWord(counted?.[1] ?? part)
}

/** Inference with a place in front, so that nothing is taken for a version. */
function isWord (part: string): boolean {
  return /^[A-Za-z0-9]+$/.test(part) && inferRoute(`/x/${part}`, everything) === `/x/${part}`
}
