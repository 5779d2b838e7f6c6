import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import { reservePort } from '../port.ts'
import { run, serve } from './servers.ts'

test('weights share the requests out, and a dead target costs no request', async () => {
  const counts = [0, 0]
  const upstreams = await Promise.all(counts.map(async (_, index) => await serve((_incoming, response) => {
    counts[index] = (counts[index] ?? 0) + 1
    response.end()
  })))
  const dead = await reservePort()
  const targets = [...upstreams.map(({ port }, index) => `{ target: "127.0.0.1:${port}", weight: ${index === 0 ? 30 : 10} }`), `{ target: "127.0.0.1:${dead}", weight: 10 }`]
  const { gateway, stop } = await run(`
_format_version: "3.0"
services: [{ name: s, host: u, routes: [{ name: r, paths: [/r] }] }]
upstreams: [{ name: u, targets: [${targets.join(', ')}] }]
plugins: [{ name: file-log, config: { path: access.log } }]
`)
  for (let index = 0; index < 100; index++) {
    const { statusCode, body } = await request(`${gateway.url}/r`, { method: 'POST', body: 'x' })
    await body.dump()
    assert.equal(statusCode, 200)
  }
  assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 100)
  assert.ok((counts[0] ?? 0) > (counts[1] ?? 0) * 2, counts.join(':'))
  const records = await stop()
  assert.equal(records.filter((record) => record.tries?.length === 2).length, 20)
  await Promise.all(upstreams.map(async (upstream) => await upstream.close()))
})

test('a target that fails often enough is left out, and an active probe brings it back', async () => {
  let healthy = false
  const sick = await serve((_incoming, response) => { response.writeHead(healthy ? 200 : 500).end('sick') })
  const well = await serve((_incoming, response) => { response.end('well') })
  const { gateway, stop } = await run(`
_format_version: "3.0"
services: [{ name: s, host: u, routes: [{ name: r, paths: [/r] }] }]
upstreams:
  - name: u
    targets: [{ target: "127.0.0.1:${sick.port}" }, { target: "127.0.0.1:${well.port}" }]
    healthchecks:
      passive: { unhealthy: { http_failures: 2 } }
      active: { healthy: { successes: 1 }, unhealthy: { interval: 0.05 } }
plugins: [{ name: file-log, config: { path: access.log } }]
`)
  const get = async (): Promise<string> => await (await request(`${gateway.url}/r`)).body.text()
  const answers: string[] = []
  for (let index = 0; index < 10; index++) answers.push(await get())
  assert.equal(answers.filter((answer) => answer === 'sick').length, 2)
  healthy = true
  // The suite's own time limit ends a wait in vain.
  while (await get() !== 'sick') await new Promise((resolve) => { setTimeout(resolve, 5) })
  await stop()
  await sick.close()
  await well.close()
})
