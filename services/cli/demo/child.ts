import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { GatelensError } from '../../runtime/errors.ts'
import type { RoleMessage } from '../role.ts'

export interface Child {
  name: string
  /** Where the role listens. */
  url: string
  /** Resolves with the exit code when the process has ended, wanted or not. */
  ended: Promise<number>
  /** True once `stop` was called. */
  stopping (): boolean
  /** Asks the process to end, and kills it when it does not within a minute. */
  stop (): Promise<void>
}

/**
 * Starts one role of this same program as a process of its own and resolves when it serves. Its log goes to a file. It has
 * its own process group, so that Ctrl-C reaches only us, and ends by itself when the channel to us breaks.
 */
export async function startChild (name: string, main: string, args: string[], logFile: string): Promise<Child> {
  const log = openSync(logFile, 'w', 0o600)
  const child = fork(main, args, { stdio: ['ignore', log, log, 'ipc'], detached: true })
  closeSync(log)
  const ended = once(child, 'exit').then(([code]) => Number(code ?? 1))
  const url = await Promise.race([serving(child), ended.then((code) => { throw startError(name, code, logFile) })])
  let stopping = false
  return {
    name,
    url,
    ended,
    stopping: () => stopping,
    stop: async () => {
      stopping = true
      await stop(child, ended)
    },
  }
}

async function serving (child: ChildProcess): Promise<string> {
  const [message] = await once(child, 'message') as [RoleMessage]
  return message.url
}

async function stop (child: ChildProcess, ended: Promise<number>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  await ended
  clearTimeout(timer)
}

function startError (name: string, code: number, logFile: string): GatelensError {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n  ')
  return new GatelensError('INTERNAL', `the ${name} ended with ${code} before it served:\n  ${lines}`, { where: logFile })
}
