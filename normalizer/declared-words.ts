/** The words of what is declared: they may stand in labels of paths that nothing declares. */
import type { Endpoint, GatewayMap } from './endpoint.ts'
import { piecesOf } from './known-word.ts'
import type { KnowsWord } from './known-word.ts'

/** Static segments of all routes, hosts, names of services, and what a gateway names its routes and where it has them; a line each. */
export function collectWords (endpoints: readonly Endpoint[], hosts: Iterable<string>, gateway: GatewayMap | undefined): string {
  const words = new Set<string>()
  const addHost = (host: unknown): void => {
    // Of `*.example.com` and `example.*` what is fixed.
    if (typeof host === 'string' && host !== '') words.add(host.toLowerCase().replace(/:\d*$/, '').replace(/^\*\.|\.\*$/g, ''))
  }
  for (const host of hosts) addHost(host)
  const add = (path: unknown): void => {
    if (typeof path !== 'string') return
    for (const segment of path.split('/')) if (segment !== '' && !segment.includes('{')) words.add(segment)
  }
  for (const { route, service } of endpoints) {
    add(route)
    words.add(service)
  }
  const routes: readonly unknown[] = Array.isArray(gateway?.routes) ? gateway.routes : []
  for (const route of routes) {
    if (typeof route !== 'object' || route === null) continue
    const { name, service, paths, hosts: own } = route as Record<string, unknown>
    add(name)
    if (typeof name === 'string') words.add(name)
    for (const host of Array.isArray(own) ? own as unknown[] : []) addHost(host)
    add(service)
    // Of a pattern only what looks like a word.
    for (const path of Array.isArray(paths) ? paths as unknown[] : []) add(typeof path === 'string' ? path.replace(/^~/, '').replace(/[^\w./~-]+/g, '/') : '')
  }
  return [...words].join('\n')
}

/** Knows the segments of {@link collectWords} as they are, and their pieces in lower case. Read when somebody first asks. */
export function openWords (text: string): KnowsWord {
  let known: Set<string> | undefined
  return (word) => {
    known ??= readWords(text)
    return known.has(word)
  }
}

function readWords (text: string): Set<string> {
  const known = new Set<string>()
  for (const segment of text === '' ? [] : text.split('\n')) {
    known.add(segment)
    for (const piece of piecesOf(segment)) if (piece.length > 2) known.add(piece)
  }
  return known
}
