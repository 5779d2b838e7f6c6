/**
 * NGINX's `log_format`, taken apart: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format. The text may be what
 * the directive holds, the whole directive as nginx.conf has it, or the name of a well-known format.
 */

import { nearest } from '../../runtime/config.ts'

/** How a value is written: `default` = `\xHH`, `json` = JSON's escapes, `none` = as it is. */
export type Escape = 'default' | 'json' | 'none'

/** A variable and the literal text behind it. */
export interface Slot { name: string, after: string }

/** A log format: the text before its first variable, and its variables in their order. */
export interface LogFormat { text: string, escape: Escape, before: string, slots: Slot[] }

const combined = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'

/** Formats that have a name: nginx's own, the one that its packages' nginx.conf has, and the default of ingress-nginx. */
export const namedFormats: Readonly<Record<string, string>> = {
  combined,
  main: `${combined} "$http_x_forwarded_for"`,
  'ingress-nginx': `${combined} $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] ` +
    '$upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id',
}

/** Takes a log format apart; a text that says what is wrong with it, when it is none. Names of formats are resolved. */
export function parseLogFormat (given: string, escape: Escape = 'default'): LogFormat | string {
  const written = readDirective(given)
  if (typeof written === 'string') return written
  const text = Object.hasOwn(namedFormats, written.text.trim()) ? namedFormats[written.text.trim()]! : written.text
  if (!text.includes('$')) {
    const names = Object.keys(namedFormats)
    const near = nearest(text, names)
    return `"${text.slice(0, 40)}" is no log format: it has no variables, and the names are ${names.join(', ')}${near.includes('did you mean') ? near : ''}`
  }
  const pieces = text.split(/\$(?:\{(\w+)\}|(\w+))/)
  const slots: Slot[] = []
  for (let at = 1; at + 2 < pieces.length; at += 3) slots.push({ name: (pieces[at] ?? pieces[at + 1])!, after: pieces[at + 2]! })
  const stray = pieces.findIndex((piece, at) => at % 3 === 0 && piece.includes('$'))
  if (stray !== -1) return 'a $ in it is followed by no name of a variable'
  return { text, escape: written.escape ?? escape, before: pieces[0]!, slots }
}

const directive = /^\s*log_format\s+\S+\s+(?:escape=(\w+)\s+)?/
const pieces = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*/y

/** What a directive holds, with nginx.conf's own quotes taken off; any other text is the format itself. */
function readDirective (given: string): { text: string, escape?: Escape } | string {
  const head = directive.exec(given)
  if (head === null && !/^\s*'.*'\s*;?\s*$/s.test(given)) return { text: given }
  const escape = head?.[1]
  if (escape !== undefined && !isEscape(escape)) return `escape=${escape} is none of default, json, none`
  const rest = given.slice(head?.[0].length ?? 0).replace(/\s*;\s*$/, '')
  let text = ''
  for (pieces.lastIndex = 0; pieces.lastIndex < rest.length;) {
    const found = pieces.exec(rest)
    if (found === null) return head === null ? { text: given } : 'what follows the name in log_format is not in quotes'
    text += (found[1] ?? found[2] ?? '').replace(/\\([\\'"])/g, '$1').replace(/\\t/g, '\t')
  }
  return { text, escape }
}

function isEscape (text: string): text is Escape {
  return text === 'default' || text === 'json' || text === 'none'
}
