/** The contract of inputs over every kind in the registry. Kafka's runs where there is a broker: `kafka-contract.integration.test.ts`. */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { Input } from '../../services/processor/contract.ts'
import { createFileInput, fileInput, fileInputSchema } from '../../services/processor/input/file.ts'
import { inputKinds } from '../../services/processor/input/index.ts'
import type { InputContext } from '../../services/processor/input/definition.ts'
import { createHttpInput, httpInput } from '../../services/processor/input/http.ts'
import { httpInputSchema } from '../../services/processor/input/http-options.ts'
import { createStdinInput, stdinInput, stdinInputSchema } from '../../services/processor/input/stdin.ts'
import type { SocketContext } from '../../services/processor/input/received.ts'
import { createSyslogInput, syslogInput, syslogInputSchema } from '../../services/processor/input/syslog.ts'
import { createTcpInput, tcpInput, tcpInputSchema } from '../../services/processor/input/tcp.ts'
import { createUdpInput, udpInput, udpInputSchema } from '../../services/processor/input/udp.ts'
import { createUnixInput, unixInput, unixInputSchema } from '../../services/processor/input/unix.ts'
import { reservePort } from '../port.ts'
import { setUp } from '../processor/input/fixture.ts'
import { Sender } from '../processor/input/http-sender.ts'
import { batchRecords, recordBytes, testInput } from './input.ts'
import type { Source, Surroundings } from './input.ts'

const subjects = [
  { kind: fileInput, setUp: setUpFile },
  { kind: httpInput, setUp: setUpSender },
  { kind: stdinInput, setUp: () => setUpPipe() },
  { kind: tcpInput, setUp: setUpTcp },
  { kind: unixInput, setUp: setUpUnix },
  { kind: udpInput, setUp: setUpUdp },
  { kind: syslogInput, setUp: setUpSyslog },
]
const withServers = ['kafka']
const batch = { records: batchRecords, linger: '1ms' }

for (const subject of subjects) testInput(subject)

test('every kind of input in the registry is held to the contract', () => {
  const held: string[] = [...subjects.map(({ kind }) => kind.type), ...withServers]
  assert.deepEqual(held.sort(), inputKinds.map(({ type }): string => type).sort())
})

function setUpFile (t: TestContext): Source {
  const { folder, log } = setUp(t)
  const state = join(folder, 'state')
  let follow = true
  appendFileSync(log, '')
  return {
    write: async (texts) => { appendFileSync(log, linesOf(texts)) },
    end: async () => { follow = false },
    open: (surroundings) => {
      const options = fileInputSchema.parse({ type: 'file', paths: ['logs/*.log'], follow, poll: '5ms', batch })
      return createFileInput(options, { ...surroundings, state, base: folder, log: pino({ level: 'silent' }) })
    },
    taken: () => takenOf(join(state, 'input-file.json')),
  }
}

/** What the checkpoint says: an input makes a range durable before it reads the next. */
function takenOf (checkpoint: string): number {
  if (!existsSync(checkpoint)) return 0
  const { files } = JSON.parse(readFileSync(checkpoint, 'utf8')) as { files: Array<{ offset: number, intents: Array<{ to: number }> }> }
  return (files[0]?.intents.at(-1)?.to ?? files[0]?.offset ?? 0) / recordBytes
}

/** A pipe: what is written while no process reads it waits for the next one. */
function setUpPipe (): Source {
  let stream = new PassThrough()
  let written = 0
  let isEnded = false
  let isTaken = false
  return {
    write: async (texts) => {
      if (isTaken) stream = new PassThrough()
      isTaken = false
      written = texts.length
      for (const text of texts) stream.write(`${text}\n`)
    },
    end: async () => { isEnded = true },
    open: (surroundings) => {
      isTaken = true
      if (isEnded) stream.end()
      return createStdinInput(stdinInputSchema.parse({ type: 'stdin', batch }), surroundings, stream)
    },
    taken: () => written - (stream.readableLength + stream.writableLength) / recordBytes,
  }
}

/** Options of inputs with sockets: they hold so little that little is taken which nobody has asked for. */
const held = { batch, max_waiting_bytes: 2048 }

function setUpTcp (): Promise<Source> {
  return setUpConnection((port, surroundings) => createTcpInput(tcpInputSchema.parse({ type: 'tcp', listen: `127.0.0.1:${port}`, ...held }), surroundings))
}

function setUpSyslog (): Promise<Source> {
  const transports = ['tcp']
  return setUpConnection(
    (port, surroundings) => createSyslogInput(syslogInputSchema.parse({ type: 'syslog', transports, listen: `127.0.0.1:${port}`, ...held }), surroundings),
    (text) => `<190>Aug 20 10:00:00 edge kong: ${text}\n`)
}

async function setUpUnix (t: TestContext): Promise<Source> {
  const path = join(setUp(t).folder, 'gatelens.sock')
  return sendOver((surroundings) => createUnixInput(unixInputSchema.parse({ type: 'unix', path, ...held }), surroundings), () => connect(path))
}

async function setUpConnection (
  open: (port: number, surroundings: SocketContext) => Promise<Input>, write = (text: string) => `${text}\n`
): Promise<Source> {
  const port = await reservePort()
  return sendOver((surroundings) => open(port, surroundings), () => connect(port, '127.0.0.1'), write)
}

/** A sender over a connection: it connects once an input listens, and writes what was not written over an earlier one. */
function sendOver (open: (surroundings: SocketContext) => Promise<Input>, dial: () => Socket, write = (text: string) => `${text}\n`): Source {
  let unsent: string[] = []
  let bytes = 0
  return {
    write: async (texts) => { unsent.push(...texts) },
    open: async (surroundings) => {
      const count = countTaken(surroundings, (taken) => { bytes = taken })
      const input = await open(count.surroundings)
      const socket = dial().on('error', () => {})
      socket.write(unsent.map(write).join(''))
      unsent = []
      surroundings.signal.addEventListener('abort', () => socket.destroy())
      return count.counted(input)
    },
    taken: () => bytes / recordBytes,
  }
}

/** Sees what an input has taken: what it has handed out, and what it says that it holds. */
function countTaken (
  surroundings: Surroundings, told: (bytes: number) => void
): { surroundings: SocketContext, counted: (input: Input) => Input } {
  let handedOut = 0
  let waiting = 0
  const tell = (): void => told(handedOut + waiting)
  const input: InputContext['readiness']['input'] = (_id, { lag_bytes: lag = 0 }) => {
    waiting = lag
    tell()
  }
  return {
    surroundings: { ...surroundings, base: '', readiness: { ...surroundings.readiness, input }, log: pino({ level: 'silent' }) },
    counted: (inner) => ({
      async * [Symbol.asyncIterator] () {
        for await (const taken of inner) {
          handedOut += taken.range.to - taken.range.from
          tell()
          yield taken
        }
      },
    }),
  }
}

/** A sender of datagrams. It sends some, and waits until they have come: what is lost on the way is another test's affair. */
async function setUpUdp (): Promise<Source> {
  const port = await reservePort()
  let unsent: string[] = []
  return {
    write: async (texts) => { unsent.push(...texts) },
    open: async (surroundings) => {
      const options = udpInputSchema.parse({ type: 'udp', listen: `127.0.0.1:${port}`, batch: { ...batch, linger: '30ms' }, max_waiting_bytes: '1MB' })
      const input = await createUdpInput(options, { ...surroundings, base: '', log: pino({ level: 'silent' }) })
      const socket = createSocket('udp4')
      const texts = unsent
      unsent = []
      const send = async (): Promise<void> => {
        for (const text of texts.splice(0, 64)) await new Promise((resolve) => { socket.send(text, port, '127.0.0.1', resolve) })
        if (texts.length > 0) setTimeout(() => { send().catch(() => {}) }, 1)
        else socket.close()
      }
      await send()
      return input
    },
  }
}

/** A sender: what the input has not taken, or not answered when it ended, is sent again. */
async function setUpSender (t: TestContext): Promise<Source> {
  const listen = `127.0.0.1:${await reservePort()}`
  const sender = new Sender(`http://${listen}/`)
  t.after(() => sender.close())
  const most = 20 * 1024
  return {
    write: async (texts) => { sender.send(bodiesOf(texts)) },
    open: async (surroundings) => {
      let held = 0
      const input: InputContext['readiness']['input'] = (_id, { lag_bytes: bytes }) => {
        const now = bytes ?? 0
        if (now > held) sender.noteTaken()
        held = now
      }
      return await createHttpInput(httpInputSchema.parse({ type: 'http', listen, batch, max_waiting_bytes: most }), {
        ...surroundings, readiness: { ...surroundings.readiness, input }, log: pino({ level: 'silent' }), recall: async () => {},
      })
    },
    taken: () => sender.taken * batchRecords,
  }
}

function bodiesOf (texts: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(texts.length / batchRecords) }, (_, index) =>
    linesOf(texts.slice(index * batchRecords, (index + 1) * batchRecords)))
}

function linesOf (texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}
