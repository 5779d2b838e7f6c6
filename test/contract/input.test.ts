/** The contract of inputs over every kind in the registry. Kafka's runs where there is a broker: `kafka-contract.integration.test.ts`. */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { createFileInput, fileInput, fileInputSchema } from '../../services/processor/input/file.ts'
import { inputKinds } from '../../services/processor/input/index.ts'
import type { InputContext } from '../../services/processor/input/definition.ts'
import { createHttpInput, httpInput } from '../../services/processor/input/http.ts'
import { httpInputSchema } from '../../services/processor/input/http-options.ts'
import { createStdinInput, stdinInput, stdinInputSchema } from '../../services/processor/input/stdin.ts'
import { reservePort } from '../port.ts'
import { setUp } from '../processor/input/fixture.ts'
import { Sender } from '../processor/input/http-sender.ts'
import { batchRecords, recordBytes, testInput } from './input.ts'
import type { Source } from './input.ts'

const subjects = [
  { kind: fileInput, setUp: setUpFile },
  { kind: httpInput, setUp: setUpSender },
  { kind: stdinInput, setUp: () => setUpPipe() },
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
