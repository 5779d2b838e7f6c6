/** What values NGINX's variables have: https://nginx.org/en/docs/varindex.html. */

/**
 * `number`, `time_local` and `time_iso8601` have a form of their own; `list` is a value for each upstream that was tried
 * (`a, b : c`); `token` has no spaces; `address` is an IP address or `unix:`; `path` starts with `/`; `text` is anything.
 */
export type Kind = 'number' | 'time_local' | 'time_iso8601' | 'list' | 'token' | 'address' | 'path' | 'text'

const kinds: Readonly<Record<string, Kind>> = {
  time_local: 'time_local',
  time_iso8601: 'time_iso8601',
  ...all('number', 'msec', 'status', 'body_bytes_sent', 'bytes_sent', 'request_length', 'request_time', 'connection', 'connection_requests',
    'connection_time', 'server_port', 'remote_port', 'pid', 'content_length', 'proxy_port', 'tcpinfo_rtt'),
  ...all('list', 'upstream_addr', 'upstream_status', 'upstream_response_time', 'upstream_header_time', 'upstream_connect_time',
    'upstream_first_byte_time', 'upstream_queue_time', 'upstream_response_length', 'upstream_bytes_sent', 'upstream_bytes_received'),
  ...all('token', 'request_method', 'scheme', 'server_protocol', 'request_id', 'req_id', 'ssl_protocol', 'ssl_cipher', 'host', 'hostname', 'pipe',
    'limit_req_status', 'limit_conn_status', 'upstream_cache_status', 'https', 'nginx_version'),
  ...all('address', 'remote_addr', 'realip_remote_addr', 'server_addr', 'proxy_protocol_addr'),
  ...all('path', 'request_uri', 'uri', 'document_uri', 'upstream_uri'),
}

/** The kind of a variable by its name; `text` for those that nobody but their owner knows. */
export function kindOf (name: string): Kind {
  return Object.hasOwn(kinds, name) ? kinds[name]! : 'text'
}

function all (kind: Kind, ...names: string[]): Record<string, Kind> {
  return Object.fromEntries(names.map((name) => [name, kind]))
}
