/** Runs a program and says what it and its children used, from Linux's /proc. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'

/** Processor time in seconds (user and system) and the sum of peak resident sizes in MiB, of a process and its children. */
export interface Usage { cpu: number, peak: number }

export class MeasuredProcess {
  readonly #child: ChildProcess
  #said = ''

  constructor (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
    this.#child.stderr?.on('data', (piece: Buffer) => { this.#said += String(piece) })
  }

  /** What it wrote on standard error so far. */
  get said (): string {
    return this.#said
  }

  usage (): Usage {
    const all = withChildren(this.#child.pid ?? 0)
    return { cpu: sum(all.map(cpuOf)), peak: sum(all.map(peakOf)) }
  }

  /** Throws what the process said, if it has ended. */
  check (): void {
    if (this.#child.exitCode !== null) throw new Error(`${this.#child.spawnargs.join(' ')} ended with ${this.#child.exitCode}: ${this.#said}`)
  }

  async end (): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'close')
  }
}

/** Clock ticks a second of /proc; 100 on every Linux that Node runs on. */
const ticks = 100

function withChildren (pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
  return [pid, ...children.map(Number).filter((child) => child > 0).flatMap(withChildren)]
}

function cpuOf (pid: number): number {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program may hold blanks; the fields are counted behind it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

function peakOf (pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

function sum (values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
