import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** True for an address that only this machine can reach. A name other than localhost may resolve to anything: false. */
export function isLoopback (host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost'
  return ipaddr.process(host).range() === 'loopback'
}
