import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { FetchError, shownUrl } from '../../../services/processor/catalog/fetching/fetch-error.ts'
import { fetchText } from '../../../services/processor/catalog/fetching/http.ts'
import type { FetchOptions } from '../../../services/processor/catalog/fetching/http.ts'
import { explainError } from '../../../services/runtime/errors.ts'
import { reservePort } from '../../port.ts'
import { certificate, web } from './web.ts'

const limits = { maxBytes: 100_000, timeoutMs: 300_000, redirects: 3 }
const text = 'openapi: 3.1.0\n'

async function failure (url: string, options: Partial<FetchOptions> = {}): Promise<FetchError> {
  const error: unknown = await fetchText(url, { ...limits, ...options }).then(() => undefined, (thrown: unknown) => thrown)
  assert.ok(error instanceof FetchError, `expected a FetchError, not ${String(error)}`)
  assert.equal(error.code, 'CATALOG_FETCH')
  return error
}

async function body (url: string, options: Partial<FetchOptions> = {}): Promise<string> {
  const answer = await fetchText(url, { ...limits, ...options })
  return answer.status === 'fresh' ? answer.text : assert.fail('unchanged')
}

test('an answer comes with its text, its final URL, its headers and its validators', async () => {
  const server = await web((_, response) => {
    response.writeHead(200, { etag: '"one"', 'last-modified': 'Sat, 21 Nov 2026 08:00:00 GMT', 'content-type': 'application/yaml' }).end(text)
  })
  const answer = await fetchText(`${server.url}/a.yaml`, limits)
  assert.ok(answer.status === 'fresh')
  assert.equal(answer.text, text)
  assert.equal(answer.url, `${server.url}/a.yaml`)
  assert.equal(answer.headers.get('content-type'), 'application/yaml')
  assert.deepEqual(answer.validators, { etag: '"one"', lastModified: 'Sat, 21 Nov 2026 08:00:00 GMT' })
  assert.match(server.seen[0]?.headers['user-agent'] ?? '', /^gatelens\//)
})

test('the validators of the last answer are sent, and 304 is "unchanged"', async () => {
  const server = await web((request, response) => {
    const known = request.headers['if-none-match'] === '"one"' && request.headers['if-modified-since'] === 'Sat, 21 Nov 2026 08:00:00 GMT'
    response.writeHead(known ? 304 : 200, { etag: '"one"' }).end(known ? undefined : text)
  })
  const validators = { etag: '"one"', lastModified: 'Sat, 21 Nov 2026 08:00:00 GMT' }
  assert.deepEqual(await fetchText(server.url, { ...limits, validators }), { status: 'unchanged' })
  assert.equal(await body(server.url, { validators: { etag: '"old"', lastModified: '' } }), text)
  assert.equal(server.seen[1]?.headers['if-modified-since'], undefined)
})

test('a 304 that nobody asked for is an error', async () => {
  const server = await web((_, response) => { response.writeHead(304).end() })
  assert.equal((await failure(server.url)).status, 304)
})

test('gzip and brotli are unpacked, also one over the other', async () => {
  const server = await web((request, response) => {
    const coding = decodeURIComponent((request.url ?? '').slice(1))
    const packed = { gzip: gzipSync(text), br: brotliCompressSync(text), 'gzip, br': brotliCompressSync(gzipSync(text)), identity: text }[coding]
    response.writeHead(200, { 'content-encoding': coding }).end(packed)
  })
  for (const coding of ['gzip', 'br', 'gzip, br', 'identity']) assert.equal(await body(`${server.url}/${encodeURIComponent(coding)}`), text)
})

test('a compression bomb is refused at the limit, whatever its coding', async () => {
  const zeros = Buffer.alloc(64_000_000)
  const bombs = { gzip: gzipSync(zeros, { level: 9 }), br: brotliCompressSync(zeros, { params: { 1: 3 } }) }
  const server = await web((request, response) => {
    const coding = (request.url ?? '').slice(1) as keyof typeof bombs
    response.writeHead(200, { 'content-encoding': coding }).end(bombs[coding])
  })
  for (const coding of ['gzip', 'br']) {
    const before = process.memoryUsage().arrayBuffers
    const error = await failure(`${server.url}/${coding}`)
    assert.match(error.message, /larger than 100000 bytes/)
    assert.equal(error.retriable, false)
    assert.ok(process.memoryUsage().arrayBuffers - before < 40_000_000)
  }
})

test('the size limit is met exactly, and an endless body is cut', async () => {
  const server = await web((request, response) => {
    if (request.url === '/endless') stream(response)
    else response.end('x'.repeat(Number((request.url ?? '').slice(1))))
  })
  assert.equal((await body(`${server.url}/100000`)).length, 100_000)
  assert.match((await failure(`${server.url}/100001`)).message, /larger/)
  assert.match((await failure(`${server.url}/endless`)).message, /larger/)
})

function stream (response: ServerResponse): void {
  const go = (): void => { if (!response.destroyed) response.write('y'.repeat(10_000), () => { setImmediate(go) }) }
  response.on('error', () => undefined)
  go()
}

test('a coding that was not asked for, a broken one and a body that ends early are errors', async () => {
  const server = await web((request, response) => {
    if (request.url === '/zstd') response.writeHead(200, { 'content-encoding': 'zstd' }).end('x')
    else if (request.url === '/proto') response.writeHead(200, { 'content-encoding': '__proto__' }).end('x')
    else if (request.url === '/not-gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain')
    else if (request.url === '/short-gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text.repeat(100)).subarray(0, 30))
    else { response.writeHead(200, { 'content-length': 100 }).write('half'); setImmediate(() => response.destroy()) }
  })
  assert.match((await failure(`${server.url}/zstd`)).message, /content coding that was not asked for/)
  assert.match((await failure(`${server.url}/proto`)).message, /content coding that was not asked for/)
  assert.match((await failure(`${server.url}/not-gzip`)).message, /cannot be decompressed/)
  assert.match((await failure(`${server.url}/short-gzip`)).message, /cannot be decompressed/)
  assert.equal((await failure(`${server.url}/cut`)).retriable, true)
})

test('slow headers, a slow body and a slow redirect end at the one time limit', async () => {
  const server = await web((request, response) => {
    if (request.url === '/body') response.writeHead(200).write('a')
    if (request.url === '/redirect') response.writeHead(302, { location: '/headers' }).end()
  })
  for (const path of ['/headers', '/body', '/redirect']) {
    const error = await failure(`${server.url}${path}`, { timeoutMs: 150 })
    assert.match(error.message, /no whole answer within 150 ms/)
    assert.equal(error.retriable, true)
  }
})

test('a caller can cancel', async () => {
  const server = await web((_, response) => { response.writeHead(200).write('a') })
  const error = await failure(server.url, { signal: AbortSignal.timeout(50) })
  assert.match(error.message, /cancelled/)
  assert.equal(error.retriable, false)
})

test('redirects are followed up to their number, relative ones too, and a loop ends', async () => {
  const server = await web((request, response) => {
    const left = Number(/^\/hop(\d)$/.exec(request.url ?? '')?.[1] ?? NaN)
    if (left === 0) response.end(text)
    else response.writeHead(307, { location: Number.isNaN(left) ? '/loop' : `hop${left - 1}` }).end()
  })
  assert.equal(await body(`${server.url}/hop3`), text)
  assert.match((await failure(`${server.url}/hop4`)).message, /more than 3 redirects/)
  assert.match((await failure(`${server.url}/loop`)).message, /more than 3 redirects/)
  assert.match((await failure(`${server.url}/hop1`, { redirects: 0 })).message, /more than 0 redirects/)
})

test('credentials stay with the origin that they were given for', async () => {
  const other = await web((request, response) => { response.writeHead(request.url === '/closed' ? 401 : 200).end(text) })
  const server = await web((request, response) => {
    if (request.url === '/same') response.writeHead(302, { location: '/here' }).end()
    else if (request.url === '/here') response.end(text)
    else response.writeHead(302, { location: `http://eve:sesame@127.0.0.1:${other.port}${request.url ?? ''}` }).end()
  })
  const headers = { Authorization: 'Bearer s3cret', 'Kong-Admin-Token': 's3cret', Cookie: 'a=s3cret' }
  await body(`${server.url}/same`, { headers })
  assert.equal(server.seen[1]?.headers.authorization, 'Bearer s3cret')
  await body(`${server.url}/away`, { headers })
  assert.equal(other.seen.length, 1)
  assert.doesNotMatch(JSON.stringify(other.seen[0]?.headers), /s3cret|authorization/i)
  const error = await failure(`${server.url}/closed`, { headers })
  assert.match(error.hint, /credentials are never sent along/)
})

test('user and password of a URL become basic authentication and are shown nowhere', async () => {
  const server = await web((request, response) => {
    response.writeHead(request.headers.authorization === `Basic ${Buffer.from('ann:s3cr:et').toString('base64')}` ? 500 : 401).end()
  })
  const error = await failure(`http://ann:s3cr%3Aet@127.0.0.1:${server.port}/doc?token=s3cret&bare#s3cret`)
  assert.equal(error.status, 500)
  assert.equal(error.where, `http://127.0.0.1:${server.port}/doc?token=…&…`)
  assert.doesNotMatch(explainError(error) + JSON.stringify(error) + String(error.stack), /s3cr/)
})

test('https never leads to http, and an untrusted certificate is told apart', async () => {
  const plain = await web((_, response) => { response.end(text) })
  const secure = await web((request, response) => {
    if (request.url === '/down') response.writeHead(302, { location: plain.url }).end()
    else response.end(text)
  }, true)
  const untrusted = await failure(secure.url)
  assert.match(untrusted.message, /certificate is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT/)
  assert.match(untrusted.hint, /NODE_EXTRA_CA_CERTS/)
  const dispatcher = getGlobalDispatcher()
  const trusting = new Agent({ connect: { ca: certificate.cert } })
  setGlobalDispatcher(trusting)
  try {
    assert.equal(await body(secure.url), text)
    assert.match((await failure(`${secure.url}/down`)).message, /from https to http/)
    assert.equal(plain.seen.length, 0)
  } finally {
    setGlobalDispatcher(dispatcher)
    await trusting.close()
  }
})

test('statuses say whether to try again, when, and what to do', async () => {
  const server = await web((request, response) => {
    const [, status, after] = (request.url ?? '').split('/')
    response.writeHead(Number(status), after === undefined ? {} : { 'retry-after': decodeURIComponent(after) }).end('the token s3cret is wrong')
  })
  const told = async (path: string): Promise<string> => {
    const { status, retriable, retryAfterMs, hint } = await failure(`${server.url}/${path}`)
    return `${status} ${retriable ? 'again' : 'never'} ${retryAfterMs ?? '-'} ${hint.split(';')[0] ?? ''}`
  }
  assert.equal(await told('401'), '401 never - Give a token or credentials that the server accepts.')
  assert.match(await told('403'), /^403 never - The credentials are known/)
  assert.equal(await told('404'), '404 never - Check the path of the URL.')
  assert.match(await told('429/7'), /^429 again 7000 The server asks for fewer requests/)
  assert.match(await told('503/soon'), /^503 again - /)
  assert.match(await told('503/Sat, 21 Nov 2020 08:00:00 GMT'), /^503 again 0 /)
  assert.match(await told('500'), /^500 again - /)
  assert.match(await told('204'), /^204 never - /)
})

test('what a server says of its refusal is told, without what was sent to it', async () => {
  const answers: Record<string, { type?: string, body: string | Buffer }> = {
    '/backstage': { body: '{"error":{"name":"NotAllowedError","message":"The token\\n Bearer s3cr3t-token may not; nor s3cr3t-token"}}' },
    '/kong': { body: '{"message":"Invalid RBAC credentials"}' },
    '/problem': { type: 'application/problem+json', body: '{"title":"No","detail":"not today"}' },
    '/text': { type: 'text/plain', body: 's3cr3t-token' },
    '/broken': { body: '{"message":' },
    '/odd': { body: '{"message":{"a":1},"error":"x"}' },
    '/null?key=querys3cret': { body: '{"message":"no such key: querys3cret"}' },
    '/huge': { body: `{"message":"${'x'.repeat(100_000)}"}` },
  }
  const server = await web((request, response) => {
    const { type = 'application/json', body } = answers[request.url ?? ''] ?? assert.fail()
    response.writeHead(403, { 'content-type': type }).end(body)
  })
  const told = await Promise.all(Object.keys(answers).map(async (path) =>
    (await failure(server.url + path, { headers: { authorization: 'Bearer s3cr3t-token' } })).message.replace('the server answered 403', '')))
  assert.deepEqual(told, [': The token … may not; nor …', ': Invalid RBAC credentials', ': not today', '', '', '', ': no such key: …', ''])
})

test('a redirect without a location, to another scheme or to a host that is not allowed is refused', async () => {
  const server = await web((request, response) => {
    response.writeHead(302, request.url === '/nowhere' ? {} : { location: request.url === '/file' ? 'file:///etc/passwd' : 'http://localhost:1/' }).end()
  })
  assert.match((await failure(`${server.url}/nowhere`)).message, /without a location/)
  assert.match((await failure(`${server.url}/file`)).message, /only http and https/)
  assert.match((await failure(`${server.url}/host`, { allowHosts: ['127.0.0.1', '*.example.com'] })).message, /host localhost:1 is not among/)
  assert.match((await failure('http://example.com/', { allowHosts: ['*.example.com'] })).message, /host example.com is not among/)
})

test('JSON is posted, and a redirect repeats it only where the status says so', async () => {
  const server = await web((request, response) => {
    if (request.url === '/echo') request.pipe(response)
    else response.writeHead(Number((request.url ?? '').slice(1)), { location: '/echo' }).end()
  })
  assert.equal(await body(`${server.url}/308`, { json: { refs: ['a'] } }), '{"refs":["a"]}')
  assert.match((await failure(`${server.url}/302`, { json: {} })).message, /redirects \(302\) what was sent/)
})

test('unknown names, closed ports and what is no URL are told apart', async () => {
  assert.match((await failure(`http://127.0.0.1:${await reservePort()}/`)).hint, /Nothing listens there/)
  assert.match((await failure('http://no-such-host.invalid/')).hint, /host name is not known/)
  assert.equal((await failure('http://no-such-host.invalid/')).retriable, true)
  assert.match((await failure('ftp://example.com/')).message, /only http and https/)
  assert.match((await failure('no url')).message, /not a URL/)
})

test('a text is decoded by its byte order mark, else its charset, else as UTF-8', async () => {
  const bodies: Record<string, { type?: string, bytes: Buffer }> = {
    '/bom': { bytes: Buffer.from('\uFEFFname: Zoë') },
    '/utf16': { bytes: Buffer.from('\uFEFFname: Zoë', 'utf16le') },
    '/latin': { type: 'text/yaml; charset="ISO-8859-1"', bytes: Buffer.from('name: Zoë', 'latin1') },
    '/bare': { type: 'text/yaml', bytes: Buffer.from('name: Zoë') },
    '/wrong': { bytes: Buffer.from('name: Zoë', 'latin1') },
    '/unknown': { type: 'text/yaml; charset=klingon', bytes: Buffer.from('name') },
  }
  const server = await web((request, response) => {
    const { type, bytes } = bodies[request.url ?? ''] ?? assert.fail()
    response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(bytes)
  })
  for (const path of ['/bom', '/utf16', '/latin', '/bare']) assert.equal(await body(server.url + path), 'name: Zoë', path)
  assert.match((await failure(`${server.url}/wrong`)).message, /not text in utf-8/)
  assert.match((await failure(`${server.url}/unknown`)).message, /not text in klingon/)
})

test('a URL is shown without anything that may be secret', () => {
  assert.equal(shownUrl('https://u:p@example.com:8443/a/b?x=1&y#z'), 'https://example.com:8443/a/b?x=…&…')
  assert.equal(shownUrl('https://example.com'), 'https://example.com/')
  assert.equal(shownUrl('::'), 'the URL')
})
