/** Inputs with sockets: how records are told apart, headers of syslog, what is lost, who may send. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { pino } from 'pino'
import type { Input, RecordBatch } from '../../../services/processor/contract.ts'
import { OctetSplitter } from '../../../services/processor/input/octet-counting.ts'
import type { SocketContext } from '../../../services/processor/input/received.ts'
import { createSyslogInput, syslogInputSchema } from '../../../services/processor/input/syslog.ts'
import { createTcpInput, tcpInputSchema } from '../../../services/processor/input/tcp.ts'
import { createUdpInput, udpInputSchema } from '../../../services/processor/input/udp.ts'
import { createUnixInput, unixInputSchema } from '../../../services/processor/input/unix.ts'
import { sourceFolder } from '../../built.ts'
import { reservePort } from '../../port.ts'
import { fc } from '../../property.ts'
import { until } from '../../until.ts'
import { makeFolder } from './fixture.ts'

const batch = { linger: '5ms' }

interface World {
  context: SocketContext
  lost: number
  /** Opens an input, and reads it into `texts`. */
  read (input: Input): void
  texts: string[]
  rejects: number[]
}

function openWorld (t: TestContext, base = ''): World {
  const stopper = new AbortController()
  const world: World = {
    context: {
      base,
      signal: stopper.signal,
      telemetry: { add: (_metric, _labels, value) => { world.lost += value } },
      readiness: { input: () => {}, state: () => {} },
      lag: { waits: () => {} },
      log: pino({ level: 'silent' }),
    },
    lost: 0,
    read: (input) => {
      const take = ({ records, rejects = [] }: RecordBatch): void => {
        world.texts.push(...records.map(({ bytes }) => bytes.toString()))
        world.rejects.push(...rejects.map(({ length }) => length))
      }
      const reading = (async () => { for await (const taken of input) take(taken) })()
      t.after(async () => {
        stopper.abort()
        await reading
      })
    },
    texts: [],
    rejects: [],
  }
  t.after(() => { stopper.abort() })
  return world
}

async function dial (port: number, ...pieces: string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return socket
}

async function sendDatagrams (port: number, ...texts: string[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const text of texts) await new Promise((resolve) => { socket.send(text, port, '127.0.0.1', resolve) })
  socket.close()
}

test('messages with their lengths before them are the same wherever the pieces are cut', () => {
  const stream = Buffer.from(`5 hello7 <13>a\nb3 xyz20 ${'l'.repeat(20)}no length\n4 done\n2 щ9 cut`)
  const cut = (sizes: readonly number[]): unknown => {
    const splitter = new OctetSplitter(16)
    const all = []
    for (let at = 0, turn = 0; at < stream.length; turn++) {
      const size = sizes[turn % sizes.length]!
      all.push(splitter.push(stream.subarray(at, at + size)))
      at += size
    }
    all.push(splitter.end())
    return {
      records: all.flatMap(({ records }) => records.map(({ offset, bytes }) => [offset, bytes.toString()])),
      tooLong: all.flatMap(({ tooLong }) => tooLong),
    }
  }
  const whole = cut([1000])
  assert.deepEqual(whole, {
    records: [[2, 'hello'], [9, '<13>a\nb'], [18, 'xyz'], [44, 'no length'], [56, 'done'], [63, 'щ'], [67, 'cut']],
    tooLong: [{ offset: 24, length: 20 }],
  })
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }), (sizes) => {
    assert.deepEqual(cut(sizes), whole)
  }))
})

test('syslog messages of both standards, with and without lengths, over both transports, lose their headers', async (t) => {
  const world = openWorld(t)
  const listen = `127.0.0.1:${await reservePort()}`
  const port = Number(listen.split(':')[1])
  world.read(await createSyslogInput(syslogInputSchema.parse({ type: 'syslog', listen, batch }), world.context))
  const old = '<190>Aug 20 10:00:00 edge-1 nginx: 192.0.2.1 - - [one]'
  const modern = '<165>1 2026-08-20T10:00:00.003Z edge-1 haproxy 1234 ID47 [meta sequenceId="1" note="a \\] b"] {"two": 2}'
  const nameless = '<134>Aug  2 03:04:05 kong[77]: three'
  await sendDatagrams(port, old, modern, 'no header')
  await until(() => world.texts.length === 3)
  assert.deepEqual(world.texts.splice(0), ['192.0.2.1 - - [one]', '{"two": 2}', 'no header'])
  const lines = await dial(port, `${old}\n${modern.slice(0, 20)}`, `${modern.slice(20)}\r\n`, `${nameless}`)
  lines.end()
  await until(() => world.texts.length === 3)
  assert.deepEqual(world.texts.splice(0), ['192.0.2.1 - - [one]', '{"two": 2}', 'three'])
  const counted = await dial(port, String(old.length).slice(0, 1), `${String(old.length).slice(1)} `, `${old}${modern.length} ${modern}`)
  await until(() => world.texts.length === 2)
  assert.deepEqual(world.texts.splice(0), ['192.0.2.1 - - [one]', '{"two": 2}'])
  counted.destroy()
})

test('lines that begin with a number are lines, unless the input is told that they are counted', async (t) => {
  const world = openWorld(t)
  const [lines, counted] = [await reservePort(), await reservePort()]
  const open = async (port: number, messages?: string): Promise<void> => {
    world.read(await createTcpInput(tcpInputSchema.parse({ type: 'tcp', name: `p${port}`, listen: `127.0.0.1:${port}`, messages, batch }), world.context))
  }
  await open(lines)
  await open(counted, 'octet-counted')
  await dial(lines, '12 monkeys\n7', '\n')
  await until(() => world.texts.length === 2)
  await dial(counted, '2 {}3 abc')
  await until(() => world.texts.length === 4)
  assert.deepEqual(world.texts, ['12 monkeys', '7', '{}', 'abc'])
})

test('what a connection that breaks leaves unfinished is a record, and one that is too long a reject; others go on', async (t) => {
  const world = openWorld(t)
  const port = await reservePort()
  world.read(await createTcpInput(tcpInputSchema.parse({ type: 'tcp', listen: `127.0.0.1:${port}`, max_record_bytes: 100, batch }), world.context))
  const good = await dial(port, 'one\n')
  const broken = await dial(port, 'half of a rec')
  broken.resetAndDestroy()
  const long = await dial(port, `${'x'.repeat(5000)}\ntwo\n`)
  good.write('three\n')
  await until(() => world.texts.length === 4)
  assert.deepEqual([world.texts.sort(), world.rejects], [['half of a rec', 'one', 'three', 'two'], [5000]])
  good.destroy()
  long.destroy()
})

test('more connections than allowed are closed, and silent ones after a while', async (t) => {
  const world = openWorld(t)
  const port = await reservePort()
  world.read(await createTcpInput(tcpInputSchema.parse({ type: 'tcp', listen: `127.0.0.1:${port}`, max_connections: 2, idle: '300ms', batch }), world.context))
  const first = await dial(port)
  const second = await dial(port)
  const third = await dial(port)
  for (const socket of [first, second, third]) socket.resume()
  await until(() => third.destroyed)
  await until(() => first.destroyed && second.destroyed)
  const again = await dial(port, 'there is room again\n')
  await until(() => world.texts.length === 1)
  again.destroy()
})

test('with a certificate it takes TLS only, and with an authority only those who have a certificate of it', async (t) => {
  const world = openWorld(t)
  const read = (name: string): string => readFileSync(join(sourceFolder(import.meta.dirname), '../catalog/tls', name), 'utf8')
  const [cert, key] = [read('cert.pem'), read('key.pem')]
  const [open, closed] = [await reservePort(), await reservePort()]
  const start = async (port: number, tls: object): Promise<void> => {
    world.read(await createTcpInput(tcpInputSchema.parse({ type: 'tcp', name: `p${port}`, listen: `127.0.0.1:${port}`, tls, batch }), world.context))
  }
  await start(open, { cert, key })
  await start(closed, { cert, key, client_ca: cert })
  const send = (port: number, text: string, own: object = {}): void => {
    const socket = connectTls({ port, host: '127.0.0.1', ca: cert, servername: 'localhost', checkServerIdentity: () => undefined, ...own })
    socket.on('error', () => {}).on('secureConnect', () => { socket.end(`${text}\n`) })
  }
  const plain = await dial(open, 'plain\n')
  send(closed, 'stranger')
  plain.resume()
  await until(() => plain.destroyed)
  send(open, 'open')
  send(closed, 'friend', { cert, key })
  await until(() => world.texts.length === 2)
  assert.deepEqual(world.texts.sort(), ['friend', 'open'])
  const wrong = tcpInputSchema.parse({ type: 'tcp', listen: '127.0.0.1:0', tls: { cert: 'nonsense', key } })
  await assert.rejects(createTcpInput(wrong, world.context), { code: 'CONFIG_INVALID' })
})

test('datagrams that come while the input is full are lost and counted, and so are those that the kernel throws away', async (t) => {
  const world = openWorld(t)
  const port = await reservePort()
  const options = udpInputSchema.parse({ type: 'udp', listen: `127.0.0.1:${port}`, max_waiting_bytes: 1000, receive_buffer: '4KiB', batch })
  const input = await createUdpInput(options, world.context)
  await sendDatagrams(port, ...Array.from({ length: 30 }, () => 'x'.repeat(100)))
  await until(() => world.lost >= 20)
  world.read(input)
  await until(() => world.texts.length + world.lost === 30)
  // Nobody reads while this runs.
  const socket = createSocket('udp4')
  const sent = Array.from({ length: 200 }, async () => new Promise((resolve) => { socket.send('y'.repeat(500), port, '127.0.0.1', resolve) }))
  const end = Date.now() + 300
  while (Date.now() < end) { /* Busy, as a processor may be. */ }
  await Promise.all(sent)
  socket.close()
  await until(() => world.texts.length + world.lost === 230)
})

test('a socket in the file system has its mode, takes the place of one that was left over, and of nothing else', async (t) => {
  const folder = makeFolder(t)
  const world = openWorld(t, folder)
  const path = join(folder, 'gatelens.sock')
  const open = async (name: string, path: string): Promise<Input> =>
    createUnixInput(unixInputSchema.parse({ type: 'unix', name, path, mode: '0600', batch }), world.context)
  // A process that is killed leaves its socket; closing one in order removes it.
  const left = createServer().listen(path)
  await once(left, 'listening')
  await assert.rejects(open('busy', 'gatelens.sock'), { code: 'PORT_IN_USE' })
  left.close()
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  await assert.rejects(open('file', 'notes.txt'), { code: 'PORT_IN_USE' })
  assert.ok(existsSync(join(folder, 'notes.txt')))
  world.read(await open('own', 'gatelens.sock'))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  connect(path).end('over the socket')
  await until(() => world.texts.length === 1)
  await assert.rejects(createTcpInput(tcpInputSchema.parse({ type: 'tcp', listen: '192.0.2.1:9' }), world.context), { code: 'PORT_IN_USE' })
})

test('a port that is in use is named, however it was written, and a header is taken off once', async (t) => {
  const world = openWorld(t)
  const port = await reservePort()
  const open = async (): Promise<Input> => createTcpInput(tcpInputSchema.parse({ type: 'tcp', listen: String(port), batch }), world.context)
  world.read(await open())
  await assert.rejects(open(), { code: 'PORT_IN_USE', message: `port ${port} on 127.0.0.1 is in use` })
  const twice = syslogInputSchema.safeParse({ type: 'syslog', framing: 'syslog' })
  assert.match(twice.error?.issues[0]?.message ?? '', /takes the header off itself/)
  assert.deepEqual(syslogInputSchema.parse({ type: 'syslog' }).framing, { type: 'auto' })
})
