import type { Command } from 'commander'
import { formatNames, formatOf, formatSchema } from '../processor/format.ts'
import type { FormatConfig } from '../processor/format.ts'
import { GatelensError } from '../runtime/errors.ts'
import { readFormat } from './arguments.ts'
import type { ConfigFile } from './processor-config.ts'

/** The options by which every command that reads logs is told their format. */
export interface FormatOptions { format?: string, logFormat?: string }

/** Adds `--format` and `--log-format` to a command. */
export function addFormatOptions (command: Command): Command {
  return command
    .option('--format <name>', `log format: ${formatNames.join(', ')} (default: that of --config, else kong); its options are those of --config`, readFormat)
    .option('--log-format <text>', 'log_format of NGINX, as nginx.conf has it, or its name, such as combined; in single quotes')
}

/**
 * The format of logs: what the options name, with the options that a configuration of the same format gives, else the
 * configuration's, else `kong`. Throws USAGE for a format that cannot do without a configuration, and for a wrong log_format.
 */
export function chooseFormat ({ format, logFormat }: FormatOptions, config: Pick<ConfigFile, 'settings'> | undefined): FormatConfig {
  const configured = config?.settings.input.format
  const name = format ?? (logFormat === undefined ? configured?.type ?? 'kong' : 'nginx')
  if (logFormat !== undefined && name !== 'nginx') {
    throw new GatelensError('USAGE', `--log-format is for the log format nginx, and --format is ${name}`, { hint: 'Leave one of them out.' })
  }
  const base = configured?.type === name ? configured : undefined
  if (logFormat !== undefined) return withLogFormat(logFormat, base)
  const chosen = base ?? formatOf(name)
  if (typeof chosen !== 'string') return chosen
  throw new GatelensError('USAGE', `--format ${name}: ${chosen}`, { hint: 'Write that into a configuration file, under input, and name the file with --config.' })
}

function withLogFormat (logFormat: string, base: FormatConfig | undefined): FormatConfig {
  const result = formatSchema.safeParse({ ...base, type: 'nginx', log_format: logFormat })
  if (result.success) return result.data
  throw new GatelensError('USAGE', `--log-format: ${result.error.issues.map(({ message }) => message).join('; ')}`, { hint: 'Give what nginx.conf has behind the name, in single quotes, such as \'$remote_addr [$time_local] "$request" $status\'.' })
}
