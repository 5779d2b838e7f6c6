/** What stands in the log in place of a credential. */
export const redacted = 'REDACTED'

const shortest = 6

/**
 * Takes credentials that a plugin has read out of what a client can influence in a record: request, response headers,
 * upstream address and fields of plugins, plain or percent-encoded. Credentials shorter than six characters go only
 * where their name gives them away. `json` is a whole record, and so is the result.
 */
export function scrubRecord (json: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return json
  const forms = secrets.filter((secret) => secret.length >= shortest).flatMap(spellings)
  // Nearly always there is nothing to do, and one look at the whole text shows it. Escaped in JSON a credential looks
  // different; then the look would prove nothing.
  if (!forms.some((form) => !/^[ !#-[\]-~]*$/.test(form) || json.includes(form))) return json
  const scrub = (text: string): string => forms.reduce((rest, form) => rest.includes(form) ? rest.replaceAll(form, redacted) : rest, text)
  const entries = Object.entries(JSON.parse(json) as Record<string, unknown>)
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, own.has(name) ? value : walk(value, scrub)])))
}

/** Made by the gateway alone; a short credential that happens to be part of an id must not spoil it. */
const own = new Set(['latencies', 'client_ip', 'source', 'workspace', 'workspace_name', 'tries', 'authenticated_entity', 'trace_id', 'service', 'route', 'consumer'])

function spellings (secret: string): string[] {
  const encoded = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, ''))
  return encoded === secret ? [secret] : [secret, encoded, encoded.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase())]
}

function walk (value: unknown, scrub: (text: string) => string, name = ''): unknown {
  if (typeof value === 'string') return name === 'id' && /^[0-9a-f]{32}$/.test(value) ? value : scrub(value)
  if (Array.isArray(value)) return value.map((item) => walk(item, scrub))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [scrub(key), walk(item, scrub, key)]))
}
