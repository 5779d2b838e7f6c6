import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A process that a test started. */
export interface Launched {
  process: ChildProcess
  /** Ends it with a signal, unless it has ended, and waits until it is gone. */
  end (signal: NodeJS.Signals): Promise<void>
}

interface Witness {
  name: string
  lines: readonly string[]
  state (): string
  /** True for a process that ended without being asked to. */
  deserted (): boolean
}

/** How many lines are kept of each. */
const keptLines = 40

const witnesses = new Set<Witness>()

/**
 * Starts a process that ends with this one, however this one ends. What it prints is kept for {@link lastWords} instead
 * of being shown.
 */
export function launch (name: string, command: string, args: string[], cwd?: string): Launched {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  endWithUs(child)
  const lines: string[] = []
  const keep = (line: string): void => { if (lines.push(line) > keptLines) lines.shift() }
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep)
  let [asked, result] = ['', '']
  const gone = new Promise<void>((resolve) => {
    const ended = (how: unknown): void => { result = String(how); resolve() }
    child.once('exit', (code, signal) => ended(code ?? signal)).once('error', ended)
  })
  const state = (): string => result === '' ? `runs as ${child.pid}` : `ended with ${result} ${asked === '' ? 'by itself' : `after ${asked}`}`
  witnesses.add({ name, lines, state, deserted: () => result !== '' && asked === '' })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    asked = signal
    child.kill(signal)
    await gone
  }
  return { process: child, end }
}

/** Lets something in this process speak in {@link lastWords} too. */
export function witness (name: string, lines: readonly string[]): void {
  witnesses.add({ name, lines, state: () => 'in the process of the test', deserted: () => false })
}

/** What became of every process and witness, and what each said last. */
export function lastWords (): string {
  return [...witnesses].map(({ name, state, lines }) => [`--- ${name}: ${state()}`, ...lines.slice(-keptLines)].join('\n')).join('\n')
}

/** Tells which process has ended without being asked to, for then nothing that it was to do will come to pass; '' when none has. */
export function deserter (): string {
  const found = [...witnesses].find(({ deserted }) => deserted())
  return found === undefined ? '' : `${found.name} ${found.state()}`
}

/** Forgets what a test before this one has launched; servers that serve all tests have names that are kept. */
export function forgetWitnesses (kept: readonly string[]): void {
  for (const found of witnesses) if (!kept.includes(found.name)) witnesses.delete(found)
}

/** Ends a process when this one has ended, even if it was killed: a shell waits for our end of a pipe to break. */
export function endWithUs (child: ChildProcess): void {
  if (child.pid === undefined) return
  const guard = spawn('sh', ['-c', 'read -r _; kill -9 "$0"', String(child.pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guard.unref()
  child.once('exit', () => guard.kill('SIGKILL'))
}
