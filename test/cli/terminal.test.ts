/** What documents, logs and file names hold does not steer the terminal, whichever command shows it. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { temporaryFolder } from '../folder.ts'
import { CommandHost } from './run-command.ts'

const folder = temporaryFolder()
const host = new CommandHost()
after(() => { host.close() })
const evil = '\u001b]0;title\u0007\u009b31m\u007f\u001b[2J'
const documents = join(folder, `apis${evil}`)
mkdirSync(documents)
const good = {
  openapi: '3.0.3',
  info: { title: `t${evil}`, version: evil },
  servers: [{ url: `https://x/v1${evil}` }],
  'x-service': evil,
  'x-owner': evil,
  paths: { [`/a${evil}`]: { get: { operationId: evil, responses: { [evil]: {} } }, [`gets${evil}`]: {}, additionalOperations: { [evil]: {} } }, '/b': { $ref: `./${evil}.yaml#/${evil}` } },
}
writeFileSync(join(documents, `good${evil}.json`), JSON.stringify(good))
writeFileSync(join(documents, `broken${evil}.yaml`), 'openapi: 3.0.0\npaths: { /a: { get: { a: "\u001b[31m" }\n')
const record = { request: { method: `G${evil}`, uri: `/a${evil}/b`, url: `http://x/a${evil}`, headers: {} }, response: { status: 200, headers: {} }, latencies: { request: 1, kong: 1, proxy: 1 }, started_at: 1_700_000_000_000, service: { name: evil }, client_ip: evil }
const log = join(folder, `log${evil}.ndjson`)
writeFileSync(log, `${JSON.stringify(record)}\nno record ${evil}\n`)
const nowhere = join(folder, `nowhere${evil}`)

const commands: string[][] = [
  ['explain', 'GET', `/v1/a${evil}`, '--openapi', documents],
  ['validate', '--openapi', documents, '--all'],
  ['validate', '--openapi', documents, '--json'],
  ['report', log, log, '--openapi', documents],
  ['drift', log, '--openapi', documents],
  ['drift', log, '--openapi', documents, '--suggest'],
  ['validate', '--openapi', nowhere],
  [`explain${evil}`],
]

for (const args of commands) {
  test(`no control character comes out of: ${JSON.stringify(args.join(' ').replaceAll(folder, '')).replaceAll('\u009b', '').replaceAll('\u007f', '')}`, async () => {
    const { stdout, stderr } = await host.run(args)
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/)
    assert.notEqual(stdout + stderr, '')
    if (args.includes('--json')) JSON.parse(stdout)
  })
}
