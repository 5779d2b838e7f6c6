/** The words of what is declared: they may stand in labels of paths that nothing declares. */
import type { Endpoint, GatewayMap } from './endpoint.ts'
import { text, texts } from './gateway-groups.ts'
import { rulesOf } from './gateway-rules.ts'
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
  for (const { route: { name, service }, path, hosts: own } of rulesOf(gateway)) {
    add(name)
    if (typeof name === 'string') words.add(name)
    for (const host of texts(own)) addHost(host)
    add(service)
    // Of a pattern only what looks like a word.
    add('value' in path ? text(path.value).replace(/[^\w./~-]+/g, '/') : '')
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
