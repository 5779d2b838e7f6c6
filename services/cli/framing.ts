import { framingNames, framingOf, framingSchema } from '../processor/framing.ts'
import type { FramingConfig } from '../processor/framing.ts'
import type { FormatConfig } from '../processor/format.ts'
import { GatelensError } from '../runtime/errors.ts'
import type { ConfigFile } from './processor-config.ts'

/** What the option --framing takes, for the help. */
export const framingHelp = `how records stand in the log: ${framingNames.join(', ')}; field:PATH names the field ` +
  '(default: that of --config, else auto)'

/**
 * The framing of logs: what the option names, with the options that the configuration gives it, else the one framing of the inputs that
 * have this format, else `auto`. Throws USAGE for an unknown one, one that cannot do without options, and where the inputs leave a choice.
 */
export function chooseFraming (
  option: string | undefined, format: FormatConfig, config: Pick<ConfigFile, 'settings'> | undefined
): FramingConfig {
  const inputs = config?.settings.inputs ?? []
  if (option !== undefined) return readFraming(option, inputs.flatMap(({ framing }) => framing ?? []))
  const suitable = inputs.filter((input) => JSON.stringify(input.format) === JSON.stringify(format)).map(({ framing }) => framing ?? { type: 'auto' })
  const [chosen, ...others] = new Map(suitable.map((framing) => [JSON.stringify(framing), framing])).values()
  if (others.length === 0) return chosen ?? { type: 'auto' }
  throw new GatelensError('USAGE', `the inputs of the configuration have ${others.length + 1} framings, and the files fit one`, { hint: 'Choose with --framing.' })
}

function readFraming (option: string, configured: readonly FramingConfig[]): FramingConfig {
  const [type = '', ...rest] = option.split(':')
  const given = rest.length > 0 ? framingSchema.safeParse({ type, field: rest.join(':') }) : undefined
  if (given?.success === true) return given.data
  const found = given === undefined ? configured.find((framing) => framing.type === type) ?? framingOf(type) : given.error.issues.map(({ message }) => message).join('; ')
  if (typeof found !== 'string') return found
  throw new GatelensError('USAGE', `--framing ${option}: ${found}`, { hint: `Name one of ${framingNames.join(', ')}; of a field its path, too, such as field:log.` })
}
