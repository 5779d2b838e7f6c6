import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ensureFolderSync } from '../runtime/files.ts'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import { folderLocked, isAlive } from '../runtime/lock.ts'
import type { Logger } from '../runtime/log.ts'
import { pause } from '../runtime/shutdown.ts'
import { readKnownSettings, writeEngineConfig, writeKnownSettings } from './engine/config.ts'
import type { Confinement } from './engine/confine.ts'
import { startEngineProcess } from './engine/process.ts'
import type { EngineProcess } from './engine/process.ts'
import { createSlots } from './slots.ts'
import type { Lane } from './slots.ts'

/** What one statement gave. For an INSERT of data `rows` and `bytes` are what was written, else what was returned. */
export interface Outcome {
  output: Uint8Array
  rows: number
  bytes: number
  seconds: number
  /** What was read to get there, where that is known. */
  scanned?: { rows: number, bytes: number }
}

/** One connection to the engine: it keeps its own settings, parameters, current database and temporary tables. */
export interface Connection {
  /** Runs one statement; throws {@link StoreException}. */
  run (sql: string, format?: string): Promise<Outcome>
  /** False when the engine has ended under it, and all that was set on it is gone. */
  readonly alive: boolean
  close (): void
}

export interface Engine {
  /** As `version()` gives it. */
  version: string
  timezone: string
  /** What keeps the engine's process from doing harm. */
  confinement: Confinement
  /** Rejects when the engine has ended and cannot be started again. */
  broken: Promise<never>
  /** A new connection; costs a millisecond. */
  connect (): Connection
  /** Waits for a free slot of the engine, runs `work` in it and frees it; `signal` gives up waiting. */
  exclusively<T> (lane: Lane, owner: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Asks the query whose text names this path to stop; it does at its next block. */
  cancel (path: string): Promise<void>
  /** Decompresses one file into another; refuses what would be larger than `mostInflated`. */
  inflate (from: string, encoding: string, to: string): Promise<void>
  /** Waits at most `graceMs` for what runs, then ends it, and closes the files. */
  close (graceMs: number): Promise<void>
}

/** Bytes that a body in a coding that only the engine knows may have when its statement stands inside of it. */
const mostInflated = 64 * 1024 * 1024

/** A query that was told to stop, and an engine that was told to close, have this long for it. */
const lastMs = 2000

/** An engine that ends again within this time is not started any more. */
const patienceMs = 60_000

/** How long a disk that does not take what is written is left alone before the engine is started again. */
const diskMs = 1000

/** After a kill the engine's files are free a moment later. */
const unlockMs = 10_000

/**
 * Opens the ClickHouse engine (chDB) on `folder`, in a process of its own. Throws FOLDER_LOCKED when another process has
 * it open. An engine that ends by itself is started again; what ran in it fails.
 */
export async function openEngine (folder: string, { sync = true, log }: { sync?: boolean, log?: Logger } = {}): Promise<Engine> {
  const first = await launch(folder, sync)
  const slots = createSlots()
  let current = first.process
  let isClosing = false
  let endedAt = -Infinity
  let connections = 0
  let failed: (error: unknown) => void = () => {}
  const broken = new Promise<never>((_resolve, reject) => { failed = reject })
  broken.catch(() => {})
  const watch = (watched: EngineProcess): void => {
    watched.ended.then(async () => {
      if (isClosing) return
      if (watched.hasFailedToWrite) {
        log?.error({ folder }, 'the disk did not take what the engine wrote: it is full, or broken; the engine starts again with what is sound')
        await pause(diskMs)
      } else {
        const now = performance.now()
        // One that ends over and over is for a supervisor to see, and for a person.
        if (now - endedAt < patienceMs) throw new GatelensError('INTERNAL', 'the engine ended twice within a minute')
        endedAt = now
      }
      current = (await launch(folder, sync)).process
      watch(current)
    }).catch((error: unknown) => { failed(error) })
  }
  watch(current)
  const connect = (): Connection => openConnection(current, ++connections)
  return {
    version: first.version,
    timezone: first.timezone,
    confinement: current.confinement,
    broken,
    connect,
    exclusively: slots.run,
    cancel: async (path) => { await once(connect(), `KILL QUERY WHERE position(query, '${path}') > 0 AND query NOT ILIKE 'KILL%' ASYNC`) },
    inflate: async (from, encoding, to) => { await slots.run('write', '', async () => { await inflate(connect(), from, encoding, to) }) },
    close: async (graceMs) => {
      isClosing = true
      await Promise.race([slots.drained(), pause(graceMs)])
      if (!slots.isIdle()) await once(connect(), "KILL QUERY WHERE query NOT ILIKE 'KILL%' ASYNC").catch(() => {})
      await Promise.race([slots.drained(), pause(lastMs)])
      await current.end(lastMs)
      rmSync(holderPath(folder), { force: true })
    },
  }
}

interface Launched { process: EngineProcess, version: string, timezone: string }

/**
 * Starts the process and opens the folder with the settings fixed that are not allowed; it is opened twice when the engine
 * has others than at its last start.
 */
async function launch (folder: string, sync: boolean): Promise<Launched> {
  const data = join(folder, 'data')
  ensureFolderSync(data)
  const started = await startEngineProcess(folder)
  try {
    const guess = readKnownSettings(folder)
    const opened = await openUnlocked(started, folder, data, writeEngineConfig(folder, guess, sync))
    const known = { query: opened.query, mergeTree: opened.mergeTree }
    if (!isDeepStrictEqual(known, guess)) {
      await started.open(data, writeEngineConfig(folder, known, sync))
      writeKnownSettings(folder, known)
    }
    writeFileSync(holderPath(folder), String(process.pid), { mode: 0o600 })
    return { process: started, ...opened }
  } catch (error) {
    await started.end(0)
    throw error
  }
}

async function openUnlocked (started: EngineProcess, folder: string, data: string, config: string): ReturnType<EngineProcess['open']> {
  const deadline = performance.now() + unlockMs
  for (;;) {
    try {
      return await started.open(data, config)
    } catch (error) {
      const failure = openError(folder, data, error)
      if (failure.code === 'FOLDER_LOCKED' || !existsSync(holderPath(folder)) || performance.now() > deadline) throw failure
      await pause(100)
    }
  }
}

function openConnection (process: EngineProcess, number: number): Connection {
  return {
    run: async (sql, format = 'TabSeparated') => await process.run(number, sql, format),
    get alive () { return process.alive },
    close: () => { process.close(number) },
  }
}

async function once (connection: Connection, sql: string): Promise<void> {
  try {
    await connection.run(sql)
  } finally {
    connection.close()
  }
}

async function inflate (connection: Connection, from: string, encoding: string, to: string): Promise<void> {
  try {
    await connection.run(`SET max_memory_usage = ${mostInflated * 4}`)
    await connection.run('CREATE TEMPORARY TABLE body (content String)')
    await connection.run(`INSERT INTO body FROM INFILE '${from}' COMPRESSION '${encoding}' FORMAT RawBLOB`)
    await connection.run(`SELECT content FROM body INTO OUTFILE '${to}' TRUNCATE FORMAT RawBLOB`)
  } finally {
    connection.close()
  }
}

/** chDB only says that it failed to connect; its reason goes to standard error. Our own note names who has the engine open. */
function openError (folder: string, data: string, error: unknown): GatelensError {
  const pid = existsSync(join(data, 'status')) && existsSync(holderPath(folder)) ? Number(readFileSync(holderPath(folder), 'utf8')) : 0
  if (pid > 0 && pid !== process.pid && isAlive(pid)) return folderLocked(folder, pid)
  return new GatelensError('FOLDER_UNUSABLE', `the engine cannot open the folder: ${messageOf(error)}`, {
    where: folder,
    cause: error,
    hint: 'The engine\'s own reason stands above, on standard error.',
  })
}

/** Says which store has the engine's process. */
function holderPath (folder: string): string {
  return join(folder, 'engine.pid')
}
