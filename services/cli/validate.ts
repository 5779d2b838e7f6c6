import { Option } from 'commander'
import type { Command } from 'commander'
import { GatelensError } from '../runtime/errors.ts'
import { readCount } from './arguments.ts'
import { addCatalogOptions, collect } from './catalog-options.ts'
import { exitCodes, print } from './outcome.ts'
import { countFindings, readSeverity, settle } from './validate/findings.ts'
import type { Level } from './validate/findings.ts'
import { inspect } from './validate/inspect.ts'
import type { Inspected } from './validate/inspect.ts'
import { formats } from './validate/render.ts'

interface ValidateOptions extends Inspected {
  strict?: true
  failOn: 'error' | 'warning'
  format: keyof typeof formats
  json?: true
  sarif?: true
  severity?: Map<string, Level>
  max: number
  all?: true
}

/** Defines `gatelens validate`. */
export function validate (command: Command): void {
  addCatalogOptions(command.argument('[config]', 'processor configuration, with the catalog and the rules that it names'))
    .option('--gateway <path>', 'what the embedded gateway is to serve: a file, a folder or a quoted glob; can be repeated', collect)
    .option('--rules <file>', 'detection rules')
    .addOption(new Option('--format <name>', 'how findings are written').choices(Object.keys(formats)).default('text'))
    .addOption(new Option('--json', 'the same as --format json').conflicts(['format', 'sarif']))
    .addOption(new Option('--sarif', 'the same as --format sarif: for code scanning').conflicts('format'))
    .addOption(new Option('--fail-on <severity>', 'the least severity that fails the run').choices(['error', 'warning']).default('error'))
    .option('--strict', 'the same as --fail-on warning')
    .option('--severity <rule=level>', 'set a rule to off, warning or error; can be repeated', readSeverity)
    .option('--max <findings>', 'findings of one rule that the text shows', readCount, 20)
    .option('--all', 'show all findings')
    .addHelpText('after', '\n--kong checks what routes, services and callers need; --gateway checks everything that the embedded gateway would serve. Exits with 1 when there are findings that fail the run.\nRules: docs/reference/findings.md')
    .action(run)
}

async function run (config: string | undefined, options: ValidateOptions): Promise<void> {
  const { good, findings: found } = await inspect(config, options)
  if (good.length + found.length === 0) throw new GatelensError('USAGE', 'nothing to check is named', { hint: 'Try: gatelens validate gatelens.yaml, or --openapi, --backstage, --kong, --partners, --gateway, --rules.' })
  const findings = settle(found, options.severity ?? new Map())
  const format = options.json === true ? 'json' : options.sarif === true ? 'sarif' : options.format
  await print(formats[format]({ good, findings }, options.all === true ? Infinity : options.max))
  const { errors, warnings } = countFindings(findings)
  const floor = options.strict === true ? 'warning' : options.failOn
  if (errors > 0 || (floor === 'warning' && warnings > 0)) process.exitCode = exitCodes.findings
}
