/** A client writes any Host: of one that nothing declares, only labels that are known words stay. */
import ipaddr from 'ipaddr.js'
import { inferRoute } from '../../../normalizer/index.ts'

/** Last labels of names, besides those of two and three letters (countries, `com`, `net`, …). */
const topLevels: ReadonlySet<string> = new Set(('info name mobi asia app dev cloud shop store online site tech xyz page blog wiki news global group digital agency ' +
  'health care bank finance insurance travel local localhost localdomain internal intranet private corp home test example invalid arpa cluster consul').split(' '))

/**
 * The host without what may name or identify somebody: whole when `isDeclared`, else label by label, as inferred routes are
 * (`{word}.example.com`, `{id}.tenants.example.com`). Addresses of private networks stay, others are masked by `mask`.
 */
export function foldHost (host: string, { isDeclared, knows, mask }: {
  isDeclared: (host: string) => boolean
  knows: (word: string) => boolean
  mask: (address: string) => string
}): string {
  if (host === '' || isDeclared(host)) return host
  if (host.includes(':') || /^[\d.]+$/.test(host)) return isPrivateAddress(host) ? host : mask(host)
  const labels = host.split('.')
  return labels.map((label, index) => isTopLevel(label, index, labels.length) ? label : inferRoute(`/${label}`, knows).slice(1)).join('.')
}

/** True for an address that says nothing of who asks: private networks, loopback, link-local. */
export function isPrivateAddress (address: string): boolean {
  return isAddress(address) && ['private', 'loopback', 'linkLocal', 'uniqueLocal', 'unspecified', 'carrierGradeNat'].includes(ipaddr.process(address).range())
}

/** True for an IPv4 address of four decimal numbers, or an IPv6 address without brackets. */
export function isAddress (text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}

function isTopLevel (label: string, index: number, count: number): boolean {
  return count > 1 && index === count - 1 && (/^[a-z]{2,3}$/.test(label) || topLevels.has(label))
}
