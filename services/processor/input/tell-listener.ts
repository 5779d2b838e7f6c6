import type { AddressInfo } from 'node:net'
import type { Logger } from '../../runtime/log.ts'

/** Says where an input listens, and warns of one where anybody who reaches its address may send. */
export function tellListener (input: string, bound: AddressInfo | string | null, { isOpen, log }: { isOpen: boolean, log: Logger }): void {
  const address = typeof bound === 'object' ? describe(bound) : bound
  if (isOpen && typeof bound === 'object' && !/^(?:127\.|::1$)/.test(bound?.address ?? '')) {
    log.warn({ input, address }, 'whoever reaches this address may send records')
  }
  log.info({ input, address }, 'input listens')
}

function describe (bound: AddressInfo | null): string {
  if (bound === null) return ''
  return `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}
