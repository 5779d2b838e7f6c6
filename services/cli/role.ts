import { onShutdown } from '../runtime/shutdown.ts'
import { print } from './outcome.ts'

/** What a role tells the process that started it, once it serves. */
export interface RoleMessage { url: string }

export interface Role {
  url: string
  /** Resolves when the role has ended by itself, rejects when it cannot go on; a role that serves for ever has none. */
  done?: Promise<unknown>
  close (): Promise<void>
}

/**
 * Runs a long-running role until a signal, its own end, or the end of the process that started it (a role never outlives the
 * demo). Says on standard output, and to that process, where it listens.
 */
export async function runRole (name: string, role: Role): Promise<void> {
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => { await (closing ??= role.close()) }
  onShutdown(close)
  tellParent(role.url, close)
  await print(`gatelens ${name} listens on ${role.url}\n`)
  if (role.done === undefined) return
  await role.done.finally(close)
  if (process.connected) process.disconnect()
}

function tellParent (url: string, close: () => Promise<void>): void {
  if (process.send === undefined) return
  const leave = (): void => { close().then(() => process.exit(0), () => process.exit(1)) }
  if (!process.connected) return leave()
  process.on('disconnect', leave)
  process.send({ url } satisfies RoleMessage)
}
