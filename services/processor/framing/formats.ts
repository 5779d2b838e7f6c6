/** Tells what a line that no decoder reads looks like, so that its owner knows what to change. Names only, never content. */

interface Format { name: string, pattern: RegExp }

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'

/** By the first characters of a line; the more specific before the more general. */
const texts: readonly Format[] = [
  { name: 'an HAProxy log', pattern: new RegExp(`\\S+:\\d{1,5} \\[\\d{2}/${month}/\\d{4}:\\d{2}:\\d{2}:\\d{2}\\.\\d{3}\\] \\S+ \\S+/\\S+ `) },
  { name: 'a combined or common access log (NGINX, Apache, Traefik)', pattern: new RegExp(`^\\S+ \\S+ [^\\["]{1,256} \\[\\d{1,2}/${month}/\\d{4}:\\d{2}:\\d{2}:\\d{2} [+-]\\d{4}\\] "`) },
  { name: 'an Envoy text access log', pattern: /^\[\d{4}-\d{2}-\d{2}T[\d:.]+Z?\] "/ },
  { name: 'an NGINX or Kong error log', pattern: /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[[a-z]+\] / },
  { name: 'an AWS load balancer access log', pattern: /^(?:https?|h2|grpcs|wss?|tls) \d{4}-\d{2}-\d{2}T\S+ \S+ / },
  { name: 'a W3C extended log (IIS, CloudFront)', pattern: /^#(?:Software|Version|Date|Fields|Start-Date|End-Date|Remark):/ },
  { name: 'an IIS or W3C log line', pattern: /^\d{4}-\d{2}-\d{2}[ \t]\d{2}:\d{2}:\d{2}[ \t](?:\S+[ \t])?(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|\d)/ },
  { name: 'a logfmt line', pattern: /^(?:time|ts|t|level|lvl|msg|logger|caller)=\S/ },
  { name: 'XML or HTML', pattern: /^\s*<[?!]?[A-Za-z]/ },
  { name: 'an Apache error log', pattern: /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2}/ },
]

/** By the first bytes of a file. */
const magics: ReadonlyArray<{ name: string, bytes: readonly number[] }> = [
  { name: 'gzip data', bytes: [0x1F, 0x8B] },
  { name: 'zstd data', bytes: [0x28, 0xB5, 0x2F, 0xFD] },
  { name: 'UTF-16 text', bytes: [0xFF, 0xFE] },
  { name: 'UTF-16 text', bytes: [0xFE, 0xFF] },
]

interface Shape { name: string, members: readonly string[] }

/** By members that JSON logs of other gateways have, all of them. */
const shapes: readonly Shape[] = [
  { name: 'a Caddy access log', members: ['request', 'logger', 'resp_headers'] },
  { name: 'a Traefik JSON log', members: ['RequestPath', 'DownstreamStatus'] },
  { name: 'an APISIX log', members: ['apisix_latency'] },
  { name: 'an APISIX log', members: ['route_id', 'upstream', 'start_time'] },
  { name: 'a Tyk analytics record', members: ['api_id', 'org_id'] },
  { name: 'an AWS API Gateway log', members: ['requestId', 'httpMethod', 'protocol'] },
  { name: 'OpenTelemetry logs (OTLP)', members: ['resourceLogs'] },
  { name: 'OpenTelemetry traces (OTLP)', members: ['resourceSpans'] },
  { name: 'an Envoy JSON access log', members: ['response_flags', 'response_code'] },
  { name: 'an Envoy JSON access log', members: ['x-envoy-origin-path', 'response_code'] },
  { name: 'an Envoy access log (gRPC)', members: ['common_properties', 'request'] },
  { name: 'a Google load balancer log', members: ['httpRequest'] },
  { name: 'an NGINX JSON log', members: ['remote_addr', 'request_method'] },
  { name: 'an NGINX JSON log', members: ['remote_addr', 'request_uri'] },
  { name: 'an NGINX JSON log', members: ['time_local', 'request'] },
]

/** The name of what a line looks like, with its article; '' when it looks like nothing that is known here. */
export function recognize (bytes: Buffer): string {
  const head = bytes.subarray(0, 1024).toString('latin1')
  if (/^[\s\u00EF\u00BB\u00BF]*\{/.test(head)) return recognizeJson(bytes)
  return texts.find(({ pattern }) => pattern.test(head))?.name ?? recognizeBinary(bytes.subarray(0, 64))
}

function recognizeBinary (head: Buffer): string {
  const magic = magics.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte))
  if (magic !== undefined) return magic.name
  const zeros = head.reduce((sum, byte) => byte === 0 ? sum + 1 : sum, 0)
  if (zeros > 0 && zeros >= head.length * 0.4) return 'UTF-16 text'
  return head.some((byte) => byte < 0x09 || (byte > 0x0D && byte < 0x1B)) ? 'binary data' : ''
}

/** By the names alone: a record that is cut or broken is still one of its kind. */
function recognizeJson (bytes: Buffer): string {
  const text = bytes.subarray(0, 16_384).toString('latin1')
  return shapes.find(({ members }) => members.every((member) => text.includes(`"${member}"`)))?.name ?? ''
}
