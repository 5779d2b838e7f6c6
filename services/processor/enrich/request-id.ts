/**
 * Request ids in the shapes that gateways make. A client may send its own id, and any text with it, so whatever has
 * another shape is hashed: long decimal numbers, addresses (Kong's `tracker`, HAProxy), tokens.
 */

/** A letter and a digit: decimal digits alone may be a number of somebody, behind two letters as well (IBAN). */
const hex = '(?=..[^a-f]*[a-f])(?=\\D*\\d)'

const shapes = [
  // UUID (RFC 9562): Kong's `uuid`, Envoy, APISIX, AWS; Kong's `uuid#counter`. At least one letter: 32 digits may be a number.
  /^(?=[^a-f]*[a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:#\d{1,8})?$/i,
  // 32 hex digits: $request_id of nginx and Kong, trace ids of W3C and B3; 16: B3, spans, Cloudflare's ray with its place.
  new RegExp(`^${hex}(?:[0-9a-f]{32}|[0-9a-f]{16}(?:-[A-Z]{3})?)$`),
  // A whole traceparent (W3C Trace Context), and what AWS load balancers send.
  new RegExp(`^${hex}00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`),
  new RegExp(`^(?:Root=)?1-${hex}[0-9a-f]{8}-[0-9a-f]{24}$`),
  // Counters, as Varnish's, and ids made by hand, as long as they are too short to be somebody's number.
  /^0{0,27}\d{1,5}$|^0{8}(?:-0{4}){3}-0{7}\d{5}$/,
]

/** True for an id that a gateway made, or that says no more than one that a gateway made. */
export function isGatewayId (id: string): boolean {
  for (let index = 0; index < shapes.length; index++) if (shapes[index]!.test(id)) return true
  return false
}
