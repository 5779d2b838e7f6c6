/** How the command line treats its streams: readers that go away, gzip, several files, and what is only half there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { gzipSync } from 'node:zlib'
import { temporaryFolder } from '../folder.ts'
import { CommandHost, root, runCommand, startCommand } from './run-command.ts'

const sample = readFileSync(join(root, 'examples/kong-log/access.ndjson'))
const folder = temporaryFolder()
const host = new CommandHost()
after(() => { host.close() })

interface Report {
  totals: { records: number, requests: number, repeated: number, rejected: number }
  files: Array<{ path: string, records: number, error: string | null }>
  rejects: Array<{ reason: string, records: number }>
  partners: Array<{ quotas: Array<{ quota: string, requests: number }> }>
}

test('plain and gzip files, globs and standard input are one report', async () => {
  writeFileSync(join(folder, 'access.log'), sample)
  // Two members in one file, as appending to a gzip file makes them.
  writeFileSync(join(folder, 'access.log.1.gz'), Buffer.concat([gzipSync(sample), gzipSync(sample)]))
  const { code, stdout } = await host.run(['report', '--json', join(folder, 'access.*'), '-'], { stdin: String(sample) })
  const report = JSON.parse(stdout) as Report
  assert.equal(code, 0)
  assert.deepEqual(report.files.map((file) => file.records), [10, 20, 10])
  assert.deepEqual([report.totals.records, report.totals.requests, report.totals.repeated], [40, 10, 30])
})

test('gzip is recognised on standard input and in a named pipe, which is opened once', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const reporting = runCommand(['report', '--json', pipe, '-'], { stdin: gzipSync(sample) })
  const writing = writeFile(pipe, gzipSync(sample))
  const report = JSON.parse((await reporting).stdout) as Report
  await writing
  assert.deepEqual(report.files.map(({ records, error }) => [records, error]), [[10, null], [10, null]])
  assert.deepEqual([report.totals.requests, report.totals.repeated], [10, 10])
})

test('a file that is named twice is read once, and that is said', async () => {
  const { stdout, stderr } = await host.run(['report', '--json', 'examples/kong-log/access.ndjson', 'examples/kong-log/*', 'examples/../examples/kong-log/access.ndjson'])
  assert.equal((JSON.parse(stdout) as Report).totals.records, 10)
  assert.match(stderr, /^note: examples\/kong-log\/access\.ndjson is named more than once and read once$/m)
})

test('the logs of two gateways over the same hours add up in the partners\' quotas', async () => {
  const at = (minute: number): string => JSON.stringify({
    request: { method: 'GET', uri: '/v1/orders', headers: {} },
    response: { status: 200 },
    latencies: { request: 5 },
    started_at: 1_787_220_000_000 + minute * 60_000,
    consumer: { username: 'initech' },
  })
  const log = Array.from({ length: 30 }, (_, minute) => `${at(minute)}\n`.repeat(minute === 2 ? 20 : 5)).join('')
  writeFileSync(join(folder, 'one.log'), log)
  writeFileSync(join(folder, 'two.log'), log)
  const { stdout } = await host.run(['report', '--json', '--partners', 'examples/partners.yaml', join(folder, 'one.log'), join(folder, 'two.log')])
  const [partner] = (JSON.parse(stdout) as Report).partners
  assert.deepEqual(partner?.quotas.map(({ quota, requests }) => [quota, requests]), [['minute', 40], ['daily', 330]])
})

test('a full disk behind standard output is an error with a reason', async () => {
  const full = openSync('/dev/full', 'w')
  const child = startCommand(['report', 'examples/kong-log/access.ndjson'], root, full)
  closeSync(full)
  const [errors, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  assert.equal(code, 2)
  assert.match(errors, /^error\[OUTPUT_FAILED\] cannot write on: ENOSPC/)
})

test('a gzip file that is cut counts as far as it can be read, is named, and makes the exit code 2', async () => {
  const cut = join(folder, 'cut.gz')
  writeFileSync(cut, gzipSync(sample).subarray(0, -40))
  const { code, stdout, stderr } = await host.run(['report', '--json', cut, join(root, 'examples/kong-log/access.ndjson')])
  const report = JSON.parse(stdout) as Report
  assert.equal(code, 2)
  assert.match(stderr, /error\[INPUT_UNREADABLE\] .*cut\.gz: cannot read on: unexpected end of file/)
  assert.equal(report.files[1]?.records, 10)
  assert.equal(report.totals.records, report.totals.requests + report.totals.repeated + report.totals.rejected)
})

test('a record that is too long is one reject, wherever it is cut', async () => {
  const long = `{"request":"${'x'.repeat(3 * 1024 * 1024)}"}\n`
  const { stdout } = await host.run(['report', '--json', '-'], { stdin: `${String(sample)}${long}${String(sample)}` })
  const report = JSON.parse(stdout) as Report
  assert.deepEqual(report.rejects.map(({ reason, records }) => [reason, records]), [['too_long', 1]])
  assert.deepEqual([report.totals.records, report.totals.requests, report.totals.repeated], [21, 10, 10])
})

test('what is piped has colours only where FORCE_COLOR asks for them, and a build server does not', async () => {
  const explain = ['explain', 'GET', '/v1/orders/7', '--openapi', 'examples/openapi']
  const outputOf = async (env: NodeJS.ProcessEnv): Promise<string> => (await runCommand(explain, { env })).stdout
  const [plain, built, forced] = await Promise.all([
    outputOf({ CI: '' }), outputOf({ CI: 'true' }), outputOf({ FORCE_COLOR: '1' }),
  ])
  assert.ok(!plain.includes('\x1B'), plain)
  assert.deepEqual([built, stripVTControlCharacters(forced)], [plain, plain])
  assert.ok(forced.includes('\x1B'), forced)
})

test('a reader that goes away ends the command in silence', async () => {
  const child = startCommand(['normalize'])
  child.stdin?.on('error', () => {})
  child.stdin?.end('{"method":"GET","path":"/a"}\n'.repeat(200_000))
  let errors = ''
  child.stderr?.on('data', (piece: Buffer) => { errors += String(piece) })
  await once(child.stdout!, 'data')
  child.stdout?.destroy()
  const [code] = await once(child, 'exit') as [number | null]
  assert.deepEqual([code, errors], [0, ''])
})

test('a report that is interrupted leaves the terminal as it was', async () => {
  const large = join(folder, 'large.ndjson')
  writeFileSync(large, Buffer.concat(Array.from({ length: Math.ceil(9 * 1024 ** 2 / sample.length) }, () => sample)))
  // Standard input stays open, so that the report waits for more of it.
  const child = startCommand(['report', large, '-'], root, 'pipe', 'process.stderr.isTTY=true')
  let shown = ''
  child.stderr?.on('data', (piece: Buffer) => {
    if (shown === '') child.kill('SIGINT')
    shown += String(piece)
  })
  const [, signal] = await once(child, 'close') as [number | null, NodeJS.Signals | null]
  assert.equal(signal, 'SIGINT')
  for (const [taken, given] of [['\x1B[?25l', '\x1B[?25h'], ['\x1B[?7l', '\x1B[?7h']] as const) {
    assert.ok(shown.includes(taken) && shown.lastIndexOf(given) > shown.indexOf(taken), JSON.stringify(shown))
  }
})

test('normalize answers many lines in their order', async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => `{"method":"GET","path":"/v1/orders/${index}/items/${index}"}`)
  lines[27_777] = 'broken'
  const { code, stdout } = await runCommand(['normalize', '--openapi', 'examples/openapi'], { stdin: lines.join('\n') })
  const answers = stdout.trimEnd().split('\n')
  assert.deepEqual([code, answers.length, answers.findIndex((line) => line.includes('error'))], [1, 30_000, 27_777])
})

test('decode publishes no raw value, and rejects go to standard error', async () => {
  const { code, stdout, stderr } = await host.run(['decode', '--openapi', 'examples/openapi'], { stdin: `${String(sample)}{"request":` })
  assert.equal(code, 1)
  assert.equal(stdout.trimEnd().split('\n').length, 10)
  assert.deepEqual((JSON.parse(stderr) as { reason: string }).reason, 'truncated')
  for (const secret of ['sk_live_EXAMPLE0000000000', 'jane.doe', 'eyJhbGciOiJub25lIn0', '8f14e45f-ceea', '203.0.113.17', '2c5d3180-7463', 'target']) {
    assert.ok(!stdout.includes(secret), `${secret} is in the output`)
  }
})
