import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { packageRoot } from '../../services/runtime/package.ts'
import { moduleArguments } from '../built.ts'
import type { Order } from './command-host.ts'

/** The folder of the package, where commands run unless told otherwise. */
export const root = packageRoot

/** What a command came to. */
export interface Outcome { code: number | null, stdout: string, stderr: string }

/**
 * Starts the command line in the root of the package unless told otherwise; `first` is code that runs
 * before it, `extra` is added to its environment.
 */
export function startCommand (
  args: string[], cwd = root, stdout: 'pipe' | number = 'pipe', first = '', extra: NodeJS.ProcessEnv = {}
): ChildProcess {
  const { FORCE_COLOR: _color, NO_COLOR: _none, ...inherited } = process.env
  const env = { ...inherited, ...extra }
  const before = first === '' ? [] : ['--import', `data:text/javascript,${first}`]
  return spawn(process.execPath, [...before, ...moduleArguments('services/cli/main.ts'), ...args], { cwd, env, stdio: ['pipe', stdout, 'pipe'] })
}

/** Runs a command to its end. */
export async function runCommand (args: string[], { stdin = '', cwd = root, env }: { stdin?: string | Buffer, cwd?: string, env?: NodeJS.ProcessEnv } = {}): Promise<Outcome> {
  const child = startCommand(args, cwd, 'pipe', '', env)
  child.stdin?.on('error', () => {})
  child.stdin?.end(stdin)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  return { code: code as number | null, stdout, stderr }
}

/** Runs commands one after the other in one process, which starts with the first of them. */
export class CommandHost {
  #child: ChildProcess | undefined
  #turn: Promise<unknown> = Promise.resolve()

  /** Runs a command to its end, as {@link runCommand} does. */
  run (args: string[], { stdin = '', cwd = root }: { stdin?: string, cwd?: string } = {}): Promise<Outcome> {
    const outcome = this.#turn.then(async () => this.#ask({ args, stdin, cwd }))
    this.#turn = outcome.catch(() => {})
    return outcome
  }

  async #ask (order: Order): Promise<Outcome> {
    const child = this.#child ??= startHost()
    child.send(order)
    const answered = new AbortController()
    const { signal } = answered
    const ended = once(child, 'exit', { signal }).then(() => { throw new Error(`the host ended at: ${order.args.join(' ')}`) })
    ended.catch(() => {})
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended])
    answered.abort()
    return answer as Outcome
  }

  close (): void {
    this.#child?.disconnect()
  }
}

function startHost (): ChildProcess {
  const { FORCE_COLOR: _color, NO_COLOR: _none, ...env } = process.env
  const [module = '', ...rest] = moduleArguments('test/cli/command-host.ts').reverse()
  return fork(module, { env, execArgv: rest.reverse(), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}
