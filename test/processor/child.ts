import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { moduleArguments } from '../built.ts'

export interface Child {
  process: ChildProcess
  /** Ends the process with a signal and waits until it is gone. */
  end (signal: NodeJS.Signals): Promise<void>
}

/** Starts a TypeScript file beside this one in a process of its own; it has an IPC channel to us. `env` is added to our environment. */
export function startChild (file: string, args: string[], env: Record<string, string> = {}): Child {
  const child = spawn(process.execPath, [...moduleArguments(`test/processor/${file}`), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...env },
  })
  const gone = once(child, 'exit')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await gone
  }
  return { process: child, end }
}

/** The first message of a child. Throws when it ends before. */
export async function firstMessage<T> (child: Child): Promise<T> {
  const ended = once(child.process, 'exit').then(([code, signal]) => { throw new Error(`the child ended at its start (${code ?? signal})`) })
  const [message] = await Promise.race([once(child.process, 'message'), ended]) as [T]
  ended.catch(() => {})
  return message
}
