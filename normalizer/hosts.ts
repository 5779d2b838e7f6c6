/** Which groups of servers a requested host speaks for. */
import { normalizeHost, portColon } from './path.ts'

/** How well each group's hosts fit a requested host. */
export interface HostTiers {
  /**
   * Per group: 0 = declares this very host, 1 = with a wildcard, or without the port that another group names, 2 = declares
   * no host, 3 = declares others only.
   */
  readonly tiers: Uint8Array
  /** The best tier that a group has, and the groups that have it. */
  readonly best: number
  readonly fitting: readonly number[]
}

/** Finds the tiers of a requested host; null when no group declares it, so that it says nothing. */
export type HostIndex = (host: string) => HostTiers | null

const remembered = 1024

/** Indexes the hosts of each group. A host with a port wants that port only where both sides name one; who names it goes first. */
export function indexHosts (groups: ReadonlyArray<readonly string[]>): HostIndex {
  const exact = new Map<string, Array<{ group: number, port: string }>>()
  const wildcards: Array<{ group: number, test: (name: string) => boolean, port: string }> = []
  for (const [group, hosts] of groups.entries()) {
    for (const host of hosts) {
      if (host === '') continue
      const { name, port } = splitPort(host)
      if (name.includes('*')) wildcards.push({ group, port, test: globTest(name) })
      else exact.set(name, [...exact.get(name) ?? [], { group, port }])
    }
  }
  const neutral = groups.map((hosts) => hosts.includes(''))
  const known = new Map<string, HostTiers | null>()

  const resolve = (host: string): HostTiers | null => {
    const { name, port } = splitPort(normalizeHost(host))
    const agrees = (item: { port: string }): boolean => port === '' || item.port === '' || port === item.port
    const named = exact.get(name)?.filter(agrees) ?? []
    const alike = wildcards.filter((item) => agrees(item) && item.test(name))
    if (named.length + alike.length === 0) return null
    const tiers = Uint8Array.from(neutral, (free) => free ? 2 : 3)
    const same = port === '' ? [] : named.filter((item) => item.port === port)
    for (const { group } of [...alike, ...named]) tiers[group] = 1
    for (const { group } of same.length > 0 ? same : named) tiers[group] = 0
    const best = tiers.reduce((least, tier) => Math.min(least, tier), 3)
    return { tiers, best, fitting: groups.flatMap((_, group) => tiers[group] === best ? [group] : []) }
  }

  return (host) => {
    const cached = known.get(host)
    if (cached !== undefined) return cached
    // Anyone can send any Host: what is remembered stays small.
    if (known.size >= remembered) known.clear()
    const found = exact.size + wildcards.length === 0 || host.length > 512 ? null : resolve(host)
    known.set(host, found)
    return found
  }
}

/** Name and port of a normalised host; the port is '' when there is none. */
export function splitPort (host: string): { name: string, port: string } {
  const colon = portColon(host)
  return colon < 0 ? { name: host, port: '' } : { name: host.slice(0, colon), port: host.slice(colon + 1) }
}

/** Tests a name against a pattern where each `*` stands for one or more characters. Linear for one `*`. */
export function globTest (pattern: string): (name: string) => boolean {
  const parts = pattern.split('*')
  const first = parts[0]!
  const last = parts[parts.length - 1]!
  const inner = parts.slice(1, -1).filter((part) => part !== '')
  return (name) => {
    if (name.length < pattern.length || !name.startsWith(first) || !name.endsWith(last)) return false
    let from = first.length + 1
    for (const part of inner) {
      const found = name.indexOf(part, from)
      if (found < 0) return false
      from = found + part.length + 1
    }
    return from <= name.length - last.length
  }
}
