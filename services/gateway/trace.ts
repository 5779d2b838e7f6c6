import { randomHex } from './ids.ts'

/** What a `traceparent` header says (W3C Trace Context, Level 1, §3.2). */
export interface Trace {
  /** 32 hex digits. */
  id: string
  /** 16 hex digits: the span of this gateway, parent of the upstream's. */
  span: string
  /** Two hex digits. */
  flags: string
}

/**
 * Continues the caller's trace with a span of this gateway, or starts one (sampled) when there is no valid header.
 * A version above 00 is read by the rules for 00, as the specification asks.
 */
export function continueTrace (header: string | undefined): Trace {
  const found = header === undefined ? null : /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header.trim())
  const [, version, id = '', parent = '', flags = '', more] = found ?? []
  const valid = found !== null && !/^0+$/.test(id) && !/^0+$/.test(parent) && !(version === '00' && more !== undefined)
  return valid ? { id, span: randomHex(8), flags } : { id: randomHex(16), span: randomHex(8), flags: '01' }
}

/** The header to send upstream, in version 00. */
export function traceparent (trace: Trace): string {
  return `00-${trace.id}-${trace.span}-${trace.flags}`
}
