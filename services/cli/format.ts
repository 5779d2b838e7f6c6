import type { Command } from 'commander'
import { formatNames, formatOf, formatSchema } from '../processor/format.ts'
import type { FormatConfig } from '../processor/format.ts'
import { GatelensError } from '../runtime/errors.ts'
import { readFormat } from './arguments.ts'
import { framingHelp } from './framing.ts'
import type { ConfigFile } from './processor-config.ts'

/** The options by which every command that reads logs is told their format and their framing. */
export interface FormatOptions { format?: string, logFormat?: string, framing?: string }

/** Adds `--format`, `--log-format` and `--framing` to a command. */
export function addFormatOptions (command: Command): Command {
  return command
    .option('--format <name>', `log format: ${formatNames.join(', ')} (default: that of --config, else kong); its options are those of --config`, readFormat)
    .option('--log-format <text>', 'log_format of NGINX, as nginx.conf has it, or its name, such as combined; in single quotes')
    .option('--framing <name>', framingHelp)
}

/**
 * The format of logs: what the options name, with the options that the configuration's inputs of the same format give, else the
 * one format of all its inputs, else `kong`. Throws USAGE when its inputs leave a choice, for a format that cannot do without
 * a configuration, and for a wrong log_format.
 */
export function chooseFormat ({ format, logFormat }: FormatOptions, config: Pick<ConfigFile, 'settings'> | undefined): FormatConfig {
  const configured = config?.settings.inputs.map((input) => input.format) ?? []
  const wanted = format ?? (logFormat === undefined ? undefined : 'nginx')
  if (logFormat !== undefined && wanted !== 'nginx') {
    throw new GatelensError('USAGE', `--log-format is for the log format nginx, and --format is ${wanted}`, { hint: 'Leave one of them out.' })
  }
  const suitable = distinct(wanted === undefined ? configured : configured.filter(({ type }) => type === wanted))
  if (logFormat !== undefined) return withLogFormat(logFormat, suitable[0])
  if (suitable.length > 1) throw ambiguous(suitable, wanted)
  const chosen = suitable[0] ?? formatOf(wanted ?? 'kong')
  if (typeof chosen !== 'string') return chosen
  throw new GatelensError('USAGE', `--format ${wanted}: ${chosen}`, { hint: 'Write that into a configuration file, under an input, and name the file with --config.' })
}

function distinct (formats: FormatConfig[]): FormatConfig[] {
  return [...new Map(formats.map((format) => [JSON.stringify(format), format])).values()]
}

function ambiguous (formats: FormatConfig[], wanted: string | undefined): GatelensError {
  if (wanted === undefined) {
    const names = [...new Set(formats.map(({ type }) => type))].join(', ')
    return new GatelensError('USAGE', `the inputs of the configuration have ${formats.length} log formats (${names}), and the files fit one`, { hint: 'Choose with --format.' })
  }
  return new GatelensError('USAGE', `the inputs of the configuration give the log format ${wanted} ${formats.length} different sets of options`, {
    hint: wanted === 'nginx' ? 'Choose with --log-format.' : 'Name a configuration file with one of them.',
  })
}

function withLogFormat (logFormat: string, base: FormatConfig | undefined): FormatConfig {
  const result = formatSchema.safeParse({ ...base, type: 'nginx', log_format: logFormat })
  if (result.success) return result.data
  throw new GatelensError('USAGE', `--log-format: ${result.error.issues.map(({ message }) => message).join('; ')}`, { hint: 'Give what nginx.conf has behind the name, in single quotes, such as \'$remote_addr [$time_local] "$request" $status\'.' })
}
