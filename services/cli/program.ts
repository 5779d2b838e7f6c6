/** The command line. One file a command, imported only when it is the one asked for, so that --help stays quick. */
import { Command, CommanderError } from 'commander'
import { explainError, GatelensError } from '../runtime/errors.ts'
import { printable } from '../runtime/printable.ts'
import { version } from '../runtime/package.ts'
import { exitCodeOf, say } from './outcome.ts'

type Definition = (command: Command) => void
interface Entry { summary: string, load: () => Promise<Definition> }

const commands: Record<string, Entry> = {
  demo: { summary: 'start everything with seeded traffic, watch it, and prove the count', load: async () => (await import('./demo.ts')).demo },
  report: { summary: 'read access logs once and print what they say', load: async () => (await import('./report.ts')).report },
  processor: { summary: 'run the pipeline: log files in, ClickHouse and /metrics out', load: async () => (await import('./processor.ts')).processor },
  gateway: { summary: 'run the embedded gateway from Kong\'s declarative configuration', load: async () => (await import('./gateway.ts')).gateway },
  store: { summary: 'run the embedded ClickHouse over HTTP', load: async () => (await import('./store.ts')).store },
  migrate: { summary: 'create or upgrade the tables in ClickHouse', load: async () => (await import('./migrate.ts')).migrate },
  query: { summary: 'run SQL against the store', load: async () => (await import('./query.ts')).query },
  validate: { summary: 'check configuration, catalog, partners and rules', load: async () => (await import('./validate.ts')).validate },
  drift: { summary: 'show where traffic and the API documents differ', load: async () => (await import('./drift.ts')).drift },
  explain: { summary: 'show which operation a request resolves to, and why', load: async () => (await import('./explain.ts')).explain },
  normalize: { summary: 'resolve requests from stdin, one JSON object a line', load: async () => (await import('./normalize.ts')).normalize },
  decode: { summary: 'turn log records from stdin into events, one JSON object a line', load: async () => (await import('./decode.ts')).decode },
}

/** Runs the command that the arguments name, and resolves with its exit code; errors are told on standard error. */
export async function run (args: string[]): Promise<number> {
  try {
    const program = build()
    await define(program, args)
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    say(explainError(error))
    return exitCodeOf(error)
  }
}

function build (): Command {
  const program = new Command('gatelens')
    .description('Observability for API gateways: bounded routes, partners and breaches out of raw access logs.')
    .version(version, '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ outputError: (text, write) => { write(usage(text)) } })
    .addHelpText('after', '\nStart with:  gatelens demo\n             gatelens report access.ndjson --openapi \'openapi/*.yaml\'\nExit codes:  0 good, 1 findings, 2 wrong usage or configuration')
  for (const [name, entry] of Object.entries(commands)) program.command(name).description(entry.summary)
  return program
}

/** Gives options and action to the commands that the arguments name (`help report` names two words). */
async function define (program: Command, args: string[]): Promise<void> {
  const words = args.filter((argument) => !argument.startsWith('-')).slice(0, args[0] === 'help' ? 2 : 1)
  for (const command of program.commands.filter((item) => words.includes(item.name()))) {
    (await commands[command.name()]?.load())?.(command)
  }
}

function usage (text: string): string {
  const message = text.replace(/^error: /, '').trim().replace(/\s*\n\s*/g, ' ')
  return printable(`${explainError(new GatelensError('USAGE', message))}\n`)
}
