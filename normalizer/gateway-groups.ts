/** Which documents describe the backend of a gateway's route. */
import type { GatewayRule } from './endpoint.ts'
import { mountSet } from './forms.ts'
import type { Mount } from './forms.ts'
import { splitPort } from './hosts.ts'
import { normalizeHost, normalizeText } from './path.ts'
import type { MountSet } from './select.ts'

/** What documents say of the backends of routes. */
export interface Describer {
  /** The groups of servers that may answer for a route at one of its prefixes; null = all. */
  groupsOf (rule: Pick<GatewayRule, 'route' | 'hosts'>, prefix: string): MountSet | null
  /** Whether one of the groups declares a path at or below the prefix. */
  declaresBelow (groups: MountSet | null, prefix: string): boolean
}

/**
 * Which groups of servers describe a route's service: those of the same service name; else those served at the host of
 * its URL; else those that declare paths under the route's prefix; else those that no other service claims by name or
 * host. Null when that says nothing.
 */
export function createDescriber (mounts: readonly Mount[], rules: readonly GatewayRule[]): Describer {
  const labels = mounts.flatMap((mount, index) => mount.labels.map((label) => ({ label, index })))
    .sort((a, b) => a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  const claimed = claimedBy(rules, mounts, labels)
  const known = new Map<string, MountSet | null>()
  const groupsWhere = (test: (mount: Mount, index: number) => boolean): MountSet | null => {
    const groups = mountSet(mounts, test)
    return groups.members.length === 0 ? null : groups
  }
  const below = new Map<string, ReadonlySet<number> | null>()
  const groupsBelow = (prefix: string): ReadonlySet<number> | null => {
    if (!below.has(prefix)) below.set(prefix, groupsUnder(labels, prefix))
    return below.get(prefix)!
  }
  const ofService = new Map<string, MountSet | null>()
  const groupsOfService = (service: string): MountSet | null => {
    if (!ofService.has(service)) ofService.set(service, service === '' ? null : groupsWhere((mount) => mount.service === service))
    return ofService.get(service)!
  }
  const groupsOf: Describer['groupsOf'] = ({ route, hosts: given }, prefix) => {
    const service = text(route.service)
    const key = `${service} ${text(route.service_url)} ${prefix} ${texts(given).join(' ')}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const named = groupsOfService(service)
    if (named !== null) return named
    const backend = hostOfUrl(route.service_url)
    const under = groupsBelow(prefix)
    const hosts = texts(given).map((host) => splitPort(normalizeHost(host)).name)
    const groups = (backend === '' ? null : groupsWhere((mount) => mount.hosts.some((host) => splitPort(host).name === backend))) ??
      (under === null ? null : groupsWhere((mount, index) => under.has(index) && claimed[index] !== NAMED && mayServe(mount, hosts))) ??
      groupsWhere((_, index) => claimed[index] === FREE) ?? (claimed.includes(FREE) ? null : mountSet(mounts, () => false))
    known.set(key, groups)
    return groups
  }
  return {
    groupsOf,
    declaresBelow: (groups, prefix) => [...groupsBelow(prefix) ?? []].some((index) => groups === null || groups.mask[index] === 1),
  }
}

const FREE = 0
const UNDER_PREFIX = 1
const NAMED = 2

/** Which groups of servers describe some service of the gateway: by name or host, by a route's prefix, or none. */
function claimedBy (rules: readonly GatewayRule[], mounts: readonly Mount[], labels: readonly Label[]): Uint8Array {
  const names = new Set(rules.map(({ route }) => route.service))
  const backends = new Set(rules.map(({ route }) => hostOfUrl(route.service_url)).filter((host) => host !== ''))
  const claimed = Uint8Array.from(mounts, (mount) =>
    names.has(mount.service) || mount.hosts.some((host) => backends.has(splitPort(host).name)) ? NAMED : FREE)
  for (const prefix of new Set(rules.flatMap(({ path }) => 'value' in path && path.kind !== 'regex' ? texts([path.value]) : []))) {
    for (const group of groupsUnder(labels, normalizeText(prefix)) ?? []) claimed[group] = Math.max(claimed[group]!, UNDER_PREFIX)
  }
  return claimed
}

function mayServe (mount: Mount, hosts: readonly string[]): boolean {
  return hosts.length === 0 || mount.hosts.some((host) => host === '' || hosts.includes(splitPort(host).name))
}

interface Label { label: string, index: number }

/** Groups with a label at or below the prefix; null for a prefix that says nothing. */
function groupsUnder (labels: readonly Label[], prefix: string): Set<number> | null {
  const whole = prefix.replace(/\/+$/, '')
  if (whole === '') return null
  const groups = new Set<number>()
  let low = 0
  for (let high = labels.length; low < high;) {
    const middle = (low + high) >>> 1
    if (labels[middle]!.label < whole) low = middle + 1
    else high = middle
  }
  for (; low < labels.length && labels[low]!.label.startsWith(whole); low++) {
    const next = labels[low]!.label[whole.length]
    if (next === undefined || next === '/') groups.add(labels[low]!.index)
  }
  return groups
}

function hostOfUrl (url: unknown): string {
  return splitPort(normalizeHost(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text(url))?.[1] ?? '')).name
}

/** The value if it is a string, else ''. */
export function text (value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The strings of a list of which nothing is known. */
export function texts (value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}
