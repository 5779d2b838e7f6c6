import type { Dispatcher } from 'undici'
import { readText } from './response-body.ts'

/**
 * What a server says of its refusal, for a person: the message of a JSON answer on one line, without any of the values
 * that were sent in headers and in the query; '' when it says nothing that can be shown.
 */
export async function serverMessage (response: Dispatcher.ResponseData, url: URL, sent: Record<string, string>): Promise<string> {
  const [contentEncoding, contentType] = ['content-encoding', 'content-type'].map((name) => String(response.headers[name] ?? ''))
  if (contentType === undefined || !/\bjson\b/i.test(contentType)) return ''
  const options = { url, contentEncoding: contentEncoding ?? '', contentType, maxBytes: 16_384, signal: AbortSignal.timeout(1000) }
  const text = await readText(response.body, options).catch(() => '')
  return hideValues(messageIn(text), [...Object.values(sent), ...url.searchParams.values()]).replace(/\s+/g, ' ').trim().slice(0, 200)
}

/** `{ "message": … }` as Kong has it, `{ "error": { "message": … } }` as Backstage has it, RFC 9457's `detail`. */
function messageIn (text: string): string {
  try {
    const answer = JSON.parse(text) as { message?: unknown, detail?: unknown, error?: { message?: unknown } } | null
    const found = [answer?.error?.message, answer?.message, answer?.detail].find((value) => typeof value === 'string')
    return typeof found === 'string' ? found : ''
  } catch {
    return ''
  }
}

function hideValues (message: string, sent: readonly string[]): string {
  const secrets = sent.flatMap((value) => [value, ...value.split(/[\s,;=]+/)]).filter((part) => part.length >= 4)
  return secrets.sort((left, right) => right.length - left.length).reduce((text, secret) => text.replaceAll(secret, '…'), message)
}
