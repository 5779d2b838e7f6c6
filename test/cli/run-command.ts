import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { packageRoot } from '../../services/runtime/package.ts'
import { moduleArguments } from '../built.ts'

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
