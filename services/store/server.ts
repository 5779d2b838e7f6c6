import { realpathSync } from 'node:fs'
import { isLoopback } from './loopback.ts'
import { createParser } from './authorize/parser.ts'
import type { Parser } from './authorize/parser.ts'
import { readRegistry } from './authorize/registry.ts'
import { openEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import type { Confinement } from './engine/confine.ts'
import { openSpool } from './spool.ts'
import { createHandler } from './handler.ts'
import type { User } from './users.ts'
import { GatelensError } from '../runtime/errors.ts'
import { ensureFolderSync } from '../runtime/files.ts'
import { listen } from '../runtime/http.ts'
import { lockFolder } from '../runtime/lock.ts'
import type { Logger } from '../runtime/log.ts'

export interface StoreOptions {
  /** Where the data lives; it is created, and belongs to one process at a time. */
  folder: string
  host: string
  /** 0 picks a free port. */
  port: number
  /** Names that clients may use for this store in their URLs, besides loopback and the address that it listens on. */
  names?: readonly string[]
  /** Who may come in; without any, `default` without password may, and only from this machine. */
  users?: readonly User[]
  /** False leaves it to the system when inserts and tables reach the disk itself: a power cut takes what was answered last. */
  sync?: boolean
  /** Engine settings for every query, unless the query sets them. */
  settings?: Record<string, string | number | boolean>
  log: Logger
}

export interface Store {
  url: string
  /** Rejects when the engine has ended and cannot be started again. */
  done: Promise<never>
  /** Lets running queries end for at most `graceMs`, then closes the engine and gives the folder free. */
  close (graceMs?: number): Promise<void>
}

/** Queries and parameters come in the URL: as long as a server takes it (max_uri_size). */
const maxHeaderSize = 1024 * 1024

/**
 * Serves the embedded ClickHouse engine over the ClickHouse HTTP interface. Throws FOLDER_LOCKED (naming the process),
 * FOLDER_UNUSABLE, PORT_IN_USE, and CONFIG_INVALID for an address that others can reach when no users are configured.
 */
export async function startStore (options: StoreOptions): Promise<Store> {
  const users = options.users ?? []
  if (users.length === 0 && !isLoopback(options.host)) throw openToAll(options.host)
  ensureFolderSync(options.folder)
  // The engine's process has another current folder, and sees no links that lead elsewhere.
  const folder = realpathSync(options.folder)
  const lock = lockFolder(options.folder, 'store')
  try {
    const spool = openSpool(folder)
    const engine = await openEngine(folder, options)
    const parser = await openParser(engine)
    const { settings = {}, log } = options
    const handler = createHandler({ engine, parser, spool, users, names: namesOf(options), settings, log })
    const address = { host: options.host, port: options.port }
    const listener = await listen(address, handler.handle, { maxHeaderSize }).catch(async (error: unknown) => {
      await engine.close(0)
      throw error
    })
    const confinement = describe(engine.confinement)
    log.info({ url: listener.url, folder: options.folder, engine: engine.version, confinement }, 'store is ready')
    return {
      url: listener.url,
      done: engine.broken,
      close: async (graceMs = 5000) => {
        await listener.close(graceMs)
        handler.close()
        parser.close()
        await engine.close(0)
        lock.release()
        options.log.info('store is closed')
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openParser (engine: Engine): Promise<Parser> {
  const connection = engine.connect()
  const registry = await readRegistry(connection)
  connection.close()
  return createParser(engine.connect, registry)
}

/** What keeps the engine's process from doing harm, should a statement get past the checks. */
function describe ({ network, files }: Confinement): string {
  const reach = `network: ${network === 'none' ? 'none' : 'not confined'}, files: ${files === 'own folder' ? 'its own folder' : 'not confined'}`
  return process.getuid?.() === 0 ? `${reach}, user: root` : reach
}

function namesOf ({ names = [], host }: StoreOptions): Set<string> {
  return new Set([...names, host].map((name) => name.toLowerCase()))
}

function openToAll (host: string): GatelensError {
  return new GatelensError('CONFIG_INVALID', `${host} can be reached by other machines, and no users are configured`, {
    where: 'store.users',
    hint: 'Configure users with passwords, or listen on 127.0.0.1.',
  })
}
