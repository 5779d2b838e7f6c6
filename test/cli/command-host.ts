/**
 * A process that runs commands one after the other, as their own processes would: a start of Node and of all modules for
 * each of a hundred cases takes longer than the cases. What a command keeps beyond its end would show here.
 */
import { Readable } from 'node:stream'
import { run } from '../../services/cli/program.ts'
import type { Outcome } from './run-command.ts'

/** One command, as the host is told. */
export interface Order { args: string[], stdin: string, cwd: string }

process.on('message', ({ args, stdin, cwd }: Order) => {
  host(args, stdin, cwd).then((outcome) => process.send?.(outcome), (error: unknown) => { throw error })
})
process.on('disconnect', () => { process.exit(0) })

async function host (args: string[], stdin: string, cwd: string): Promise<Outcome> {
  process.chdir(cwd)
  process.exitCode = undefined
  const input = Readable.from(stdin === '' ? [] : [Buffer.from(stdin)], { objectMode: false })
  Object.defineProperty(process, 'stdin', { value: input, configurable: true })
  const stdout = collect(process.stdout)
  const stderr = collect(process.stderr)
  try {
    const code = await run(args)
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    stdout.end()
    stderr.end()
  }
}

function collect (stream: NodeJS.WriteStream): { text: () => string, end: () => void } {
  const write = stream.write.bind(stream)
  const pieces: Buffer[] = []
  stream.write = (piece: string | Uint8Array, ...rest: unknown[]): boolean => {
    pieces.push(Buffer.from(piece as string))
    const done = rest.at(-1)
    if (typeof done === 'function') process.nextTick(done)
    return true
  }
  return { text: () => Buffer.concat(pieces).toString(), end: () => { stream.write = write } }
}
