import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseException, StoreException } from '../exception.ts'
import type { Outcome } from '../engine.ts'
import { inheritedEnvironment } from '../../runtime/config.ts'
import { GatelensError } from '../../runtime/errors.ts'
import { engineVersion } from '../../runtime/package.ts'
import { confinements } from './confine.ts'
import type { Confinement } from './confine.ts'
import type { Answer, Request } from './messages.ts'

type Opened = Extract<Answer, { kind: 'opened' }>

/** The process that holds an engine. */
export interface EngineProcess {
  /** What keeps it from doing harm. */
  confinement: Confinement
  /** False once it has ended. */
  readonly alive: boolean
  /** True when it has ended because the disk did not take what it wrote. */
  readonly hasFailedToWrite: boolean
  pid: number
  /** Opens the engine on a folder, or opens it again with another configuration. Throws what the engine says. */
  open (data: string, config: string): Promise<Opened>
  run (connection: number, sql: string, format: string): Promise<Outcome>
  close (connection: number): void
  /** Closes the engine's files; a process that has not done so after `ms` milliseconds is ended. */
  end (ms: number): Promise<void>
  ended: Promise<void>
}

const isSource = import.meta.url.endsWith('.ts')
const main = fileURLToPath(new URL(isSource ? 'main.ts' : 'main.js', import.meta.url))

/**
 * Starts the process of an engine, as confined as this machine lets it be; `folder` is all that it can write. Throws
 * ENGINE_MISSING without the package of the engine, which who only normalizes need not install.
 */
export async function startEngineProcess (folder: string): Promise<EngineProcess> {
  if (!isInstalled()) throw new GatelensError('ENGINE_MISSING', `the embedded ClickHouse engine, the package chdb ${engineVersion}, is not installed`, { hint: `Install it beside gatelens (npm install chdb@${engineVersion}), or name a ClickHouse server as clickhouse.url.` })
  for (const confinement of confinements(folder)) {
    const started = await attempt(confinement)
    if (started !== undefined) return started
  }
  throw new Error('the process of the engine does not start')
}

function isInstalled (): boolean {
  try {
    return import.meta.resolve('chdb') !== ''
  } catch {
    return false
  }
}

/** Undefined when the confinement cannot be had here: then the process ends before it has told anything. */
async function attempt (confinement: Confinement): Promise<EngineProcess | undefined> {
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : []
  const [command = process.execPath, ...args] = confinement.wrap([process.execPath, ...loader, main])
  const stdio: StdioOptions = ['ignore', 'inherit', confinement.isLast ? 'inherit' : 'pipe', 'ipc']
  const child = spawn(command, args, { stdio, serialization: 'advanced', env: environment() })
  const ended = once(child, 'exit').then(() => undefined, () => undefined)
  const started = await Promise.race([once(child, 'message').then(() => true), ended])
  if (started !== true) return undefined
  child.stderr?.pipe(process.stderr, { end: false })
  return connectTo(child, ended, confinement)
}

/** Settings of the loader, of the allocator, and of libraries that are preloaded to see how the engine bears faults. */
const passedOn = /^(?:LD|MALLOC|FAULT)_/

/** None of the secrets that our own environment may hold; threads enough that no query waits for another. */
function environment (): NodeJS.ProcessEnv {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return { ...inheritedEnvironment(passedOn), PATH: '/usr/sbin:/usr/bin:/sbin:/bin', UV_THREADPOOL_SIZE: '16', TZ: timeZone, NODE_NO_WARNINGS: '1' }
}

function connectTo (child: ChildProcess, ended: Promise<void>, confinement: Confinement): EngineProcess {
  const statements = new Statements()
  let listen: ((answer: Answer) => void) | undefined
  let alive = true
  let hasFailedToWrite = false
  const send = (request: Request): void => { if (alive && child.connected) child.send(request, () => {}) }
  const next = async (): Promise<Answer | undefined> => {
    const answer = new Promise<Answer>((resolve) => { listen = resolve })
    return await Promise.race([answer, ended.then(() => undefined)])
  }
  child.on('message', (answer: Answer) => {
    if (answer.kind === 'done' || answer.kind === 'refused') statements.settle(answer)
    else if (answer.kind === 'unwritten') hasFailedToWrite = true
    else listen?.(answer)
  })
  child.on('error', () => {})
  const giveUp = (): void => {
    alive = false
    statements.fail(hasFailedToWrite ? notWritten() : gone())
  }
  ended.then(giveUp, giveUp)
  return {
    confinement,
    get alive () { return alive },
    get hasFailedToWrite () { return hasFailedToWrite },
    pid: child.pid ?? 0,
    ended,
    open: async (data, config) => {
      const answer = next()
      send({ kind: 'open', data, config })
      const opened = await answer
      if (opened?.kind === 'opened') return opened
      throw new Error(opened?.kind === 'failed' ? opened.message : 'the process of the engine has ended')
    },
    run: async (connection, sql, format) => {
      if (!alive) throw gone()
      return await statements.add((id) => { send({ kind: 'run', id, connection, sql, format }) })
    },
    close: (connection) => { send({ kind: 'close', connection }) },
    end: async (ms) => {
      const timer = setTimeout(() => { child.kill('SIGKILL') }, ms)
      const answer = next()
      send({ kind: 'shut' })
      await answer
      if (child.connected) child.disconnect()
      await ended
      clearTimeout(timer)
    },
  }
}

interface Waiting { resolve: (outcome: Outcome) => void, reject: (error: StoreException) => void }

/** Statements that the process has not answered yet, by their numbers. */
class Statements {
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  async add (send: (id: number) => void): Promise<Outcome> {
    const id = ++this.#last
    return await new Promise<Outcome>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      send(id)
    })
  }

  settle (answer: Extract<Answer, { kind: 'done' | 'refused' }>): void {
    const statement = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.kind === 'done') statement?.resolve(answer)
    else statement?.reject(parseException(answer.message))
  }

  fail (reason: StoreException): void {
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
  }
}

function gone (): StoreException {
  return new StoreException('ABORTED', 'The engine has ended in the middle of this; it is started again')
}

function notWritten (): StoreException {
  return new StoreException('CANNOT_WRITE_TO_FILE_DESCRIPTOR', 'The disk did not take what the engine wrote; it is started again with what is sound')
}
