/** The first line of a request as gateways log it (RFC 9112 section 3): `GET /v1/orders HTTP/1.1`. */
const method = /^[A-Za-z][\w.!#$%&'*+^`|~-]{0,63}$/
const lone = /^[A-Z]{3,10}$/

/**
 * Method and target of a request line. A target with spaces is kept whole; the version may be missing (HTTP/0.9). Both are ''
 * for what is no request line, such as the bytes of a TLS handshake.
 */
export function readRequestLine (line: string): { method: string, target: string } {
  const space = line.indexOf(' ')
  const name = space === -1 ? line : line.slice(0, space)
  if (!(space === -1 ? lone : method).test(name)) return { method: '', target: '' }
  const last = line.lastIndexOf(' ')
  const end = last > space && line.startsWith('HTTP/', last + 1) ? last : line.length
  return { method: name, target: space === -1 ? '' : line.slice(space + 1, end).trim() }
}
