import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plugins } from '../../services/gateway/plugins/index.ts'
import { expectCase, readCases } from '../case.ts'
import type { Case } from '../case.ts'
import { reservePort } from '../port.ts'
import { exchangeBytes, run, serveSocket } from './servers.ts'

/**
 * Each case sends raw requests through a real gateway to a real upstream. UPSTREAM and DEAD in the configuration stand
 * for their ports. What the upstream saw, what the client got and what was logged is compared whole, with times,
 * ports and random ids blotted out.
 */
const cases = [...readCases('gateway/exchange'), ...readCases('gateway/plugins')]

test('every plugin has a case', () => {
  for (const name of Object.keys(plugins)) assert.ok(cases.some((item) => item.name.startsWith(`gateway/plugins/${name}/`)), name)
})

for (const item of cases) {
  test(item.name, async () => { expectCase(item, await play(item)) })
}

async function play (item: Case): Promise<string> {
  const seen: string[] = []
  const upstream = await serveSocket((socket) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      seen.push(text)
      socket.end(answerTo(text))
    })
  })
  const dead = await reservePort()
  const { gateway, stop } = await run(item.config.replaceAll('UPSTREAM', String(upstream.port)).replaceAll('DEAD', String(dead)))
  const port = Number(new URL(gateway.url).port)
  const answers: string[] = []
  for (const request of item.input.trimEnd().split('\n====\n')) {
    answers.push(await exchangeBytes(port, `${request.trimEnd().replaceAll('\n', '\r\n')}\r\n\r\n`))
  }
  const records = await stop()
  await upstream.close()
  const blot = blotter({ [upstream.port]: 'UPSTREAM', [port]: 'GATEWAY', [dead]: 'DEAD' })
  return [
    ...seen.map((text) => `--- upstream\n${blot(text.trimEnd())}`),
    ...answers.map((text) => `--- client\n${blot(text.trimEnd())}`),
    ...records.map((record) => `--- record\n${blot(JSON.stringify(record, blotNumbers, 1))}`),
  ].join('\n')
}

/** Head and body may come apart. */
function isWhole (request: string): boolean {
  const [head = '', body] = request.split('\r\n\r\n')
  return body !== undefined && body.length >= Number(/^content-length: (\d+)/mi.exec(head)?.[1] ?? 0)
}

function answerTo (request: string): string {
  if (request.includes('/broken')) return 'SSH-2.0-OpenSSH_9.6\r\n'
  const status = /\/status\/(\d+)/.exec(request)?.[1] ?? '200'
  return `HTTP/1.1 ${status} As asked\r\nContent-Type: text/plain\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Kept: yes\r\n` +
    'Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nVia: 1.1 origin\r\nContent-Length: 2\r\n\r\nok'
}

const times = new Set(['balancer_start', 'balancer_start_ns', 'balancer_latency', 'balancer_latency_ns', 'started_at', 'created_at', 'updated_at'])

function blotNumbers (this: unknown, key: string, value: unknown): unknown {
  if (times.has(key) && typeof value === 'number') return 'N'
  const latencies = typeof this === 'object' && this !== null && 'receive' in this
  // Milliseconds with up to three decimals; anything else stands out in the comparison.
  if (latencies && typeof value === 'number' && /^\d+(?:\.\d{1,3})?$/.test(String(value))) return 'MS'
  // The digits of the latencies are part of the response.
  return key === 'size' && typeof this === 'object' && this !== null && 'status' in this ? 'N' : value
}

function blotter (ports: Record<string, string>): (text: string) => string {
  return (text) => text.replaceAll('\r\n', '\n')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b00-[0-9a-f]{32}-[0-9a-f]{16}-/g, (whole) => whole.startsWith('00-4bf92f') ? '00-4bf92f…-SPAN-' : '00-TRACE-SPAN-')
    .replace(/\b[0-9a-f]{32}\b/g, (whole) => whole.startsWith('4bf92f') ? whole : 'ID')
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'DATE')
    .replace(/(x-kong-[a-z]+-latency"?: "?)\d+/gi, '$1MS')
    .replace(/((?:ratelimit-reset|retry-after)"?: "?)\d+/gi, '$1S')
    .replace(/gatelens\/\d+\.\d+\.\d+/g, 'gatelens/VERSION')
    .replace(/\b127\.0\.0\.1-\d+-\d+-(\d+)-(\d+)-[\d.]+/g, 'ADDRESS-PORT-PID-$1-$2-SECONDS')
    .replace(/\b\d{4,5}\b/g, (digits) => ports[digits] ?? digits)
}
