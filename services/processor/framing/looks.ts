import { openEnvelope } from './envelopes.ts'
import { recognize } from './formats.ts'
import { parseObject } from './open.ts'
import { readPrefix } from './prefixes.ts'

/** What a line looks like that does not have the framing that was named: a wrapper, a format, or its outward form. Never content. */
export function describeLine (bytes: Buffer): string {
  const object = parseObject(bytes)
  const wrapper = object === undefined ? readPrefix(bytes.toString('latin1', 0, 4096), () => false)?.name : wrapperOf(object)
  return wrapper ?? (recognize(bytes) || (object === undefined ? 'text' : 'a JSON object'))
}

function wrapperOf (object: Readonly<Record<string, unknown>>): string | undefined {
  return typeof object.request === 'object' ? undefined : openEnvelope(object)?.name
}
