import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Session, drainPending } from 'chdb'
import { ensureFolderSync } from '../runtime/files.ts'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import { readKnownSettings, writeEngineConfig, writeKnownSettings } from './engine-config.ts'
import type { KnownSettings } from './engine-config.ts'
import { parseException, StoreException } from './exception.ts'
import { folderLocked, isAlive } from '../runtime/lock.ts'
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
  close (): void
}

export interface Engine {
  /** As `version()` gives it. */
  version: string
  timezone: string
  /** A new connection; costs a millisecond. */
  connect (): Connection
  /** Waits for a free slot of the engine, runs `work` in it and frees it. */
  exclusively<T> (lane: Lane, work: () => Promise<T>): Promise<T>
  /** Asks the query whose text names this path to stop; it does at its next block. */
  cancel (path: string): void
  /** Decompresses one file into another; the content passes through memory. */
  inflate (from: string, encoding: string, to: string): Promise<void>
  /** Waits for what runs and closes the files. */
  close (): Promise<void>
}

/**
 * Opens the ClickHouse engine (chDB) on `folder`. Throws FOLDER_LOCKED when another process has it open. One process
 * holds one engine.
 */
export async function openEngine (folder: string): Promise<Engine> {
  const data = join(folder, 'data')
  ensureFolderSync(data)
  const { first, open } = await openConstrained(folder, data)
  const slots = createSlots()
  const [version = '', timezone = 'UTC'] = (await first.queryAsync('SELECT version(), timezone()', { format: 'TSV' })).text().trim().split('\t')
  return {
    version,
    timezone,
    connect: () => connection(open()),
    exclusively: slots.run,
    cancel: (path) => { cancel(connection(open()), path).catch(() => undefined) },
    inflate: async (from, encoding, to) => { await slots.run('write', async () => { await inflate(connection(open()), from, encoding, to) }) },
    close: async () => {
      await slots.drained()
      first.close()
      await drainPending()
    },
  }
}

interface Opened { first: Session, open: () => Session }

/** Opens the engine with the settings fixed that are not allowed; it is opened twice when it has others than at its last start. */
async function openConstrained (folder: string, data: string): Promise<Opened> {
  const guess = readKnownSettings(folder)
  const opened = openWith(folder, data, guess)
  const known = { query: await settingsOf(opened.first, 'settings'), mergeTree: await settingsOf(opened.first, 'merge_tree_settings') }
  if (isDeepStrictEqual(known, guess)) return opened
  opened.first.close()
  await drainPending()
  writeKnownSettings(folder, known)
  return openWith(folder, data, known)
}

function openWith (folder: string, data: string, known: KnownSettings): Opened {
  const connectionArgs = [`--config-file=${writeEngineConfig(folder, known)}`]
  const open = (): Session => {
    try {
      return new Session(data, { connectionArgs })
    } catch (error) {
      throw openError(folder, data, error)
    }
  }
  return { first: open(), open }
}

async function settingsOf (session: Session, table: string): Promise<string[]> {
  // The name of an alias would fix the setting that it stands for.
  const filter = table === 'settings' ? "WHERE alias_for = ''" : ''
  const result = await session.queryAsync(`SELECT name FROM system.${table} ${filter} ORDER BY name`, { format: 'TSV' })
  return result.text().trim().split('\n')
}

function connection (session: Session): Connection {
  return {
    run: async (sql, format = 'TabSeparated') => {
      try {
        const result = await session.queryAsync(sql, { format })
        return { output: result.bytes(), rows: result.rowsRead, bytes: result.bytesRead, seconds: result.elapsed }
      } catch (error) {
        // A failed query stays in system.processes, and what it had put out comes before the next answer, until another follows.
        await session.queryAsync('SELECT 1', { format: 'Null' }).catch(() => undefined)
        throw error instanceof StoreException ? error : parseException(error instanceof Error ? error.message : String(error))
      }
    },
    close: () => session.close(),
  }
}

/** The engine gives its queries ids of its own: the path of the answer, which is in the text, tells which one is meant. */
async function cancel (connected: Connection, path: string): Promise<void> {
  try {
    await connected.run(`KILL QUERY WHERE position(query, '${path}') > 0 AND query NOT ILIKE 'KILL%' ASYNC`)
  } finally {
    connected.close()
  }
}

async function inflate (connected: Connection, from: string, encoding: string, to: string): Promise<void> {
  try {
    await connected.run('CREATE TEMPORARY TABLE body (content String)')
    await connected.run(`INSERT INTO body FROM INFILE '${from}' COMPRESSION '${encoding}' FORMAT RawBLOB`)
    await connected.run(`SELECT content FROM body INTO OUTFILE '${to}' TRUNCATE FORMAT RawBLOB`)
  } finally {
    connected.close()
  }
}

/** chDB only says that it failed to connect; its reason goes to standard error. The engine's own lock file names its holder. */
function openError (folder: string, data: string, error: unknown): GatelensError {
  const pid = Number(/PID: (\d+)/.exec(readText(join(data, 'status')))?.[1])
  if (pid > 0 && pid !== process.pid && isAlive(pid)) return folderLocked(folder, pid)
  return new GatelensError('FOLDER_UNUSABLE', `the engine cannot open the folder: ${messageOf(error)}`, {
    where: folder,
    cause: error,
    hint: 'The engine\'s own reason stands above, on standard error.',
  })
}

function readText (path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
