import type { Command } from 'commander'
import { z } from 'zod'
import type { Normalizer } from '../../normalizer/index.ts'
import { addCatalogOptions, loadOptionCatalog } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { exitCodes, print } from './outcome.ts'
import { readRecords } from './report/records.ts'
import type { LogLines } from './report/records.ts'

const requestSchema = z.looseObject({
  method: z.string().min(1),
  path: z.string(),
  host: z.string().optional(),
  service: z.string().optional(),
  route: z.string().optional(),
})

/** What one line of standard output says. */
export type Answer =
  | { outcome: string, route: string, template: string | null, operationId: string | null, service: string | null }
  | { error: string }

/** Defines `gatelens normalize`. */
export function normalize (command: Command): void {
  addCatalogOptions(command)
    .addHelpText('after', '\nReads {"method", "path", "host"?} from standard input, one object a line; blank lines are skipped.\nWrites {"outcome", "route", "template", "operationId", "service"}, or {"error"}, one a line, in the same order.')
    .action(async (options: CatalogOptions) => {
      const { normalizer } = await loadOptionCatalog(options)
      for await (const lines of readRecords({ path: '-', size: 0 }, { type: 'json' })) {
        const answers = answerAll(lines, normalizer)
        if (answers.some((answer) => 'error' in answer)) process.exitCode = exitCodes.findings
        await print(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''))
      }
    })
}

function answerAll ({ records, tooLong }: LogLines, normalizer: Normalizer): Answer[] {
  if (tooLong.length === 0) return records.map((record) => answerLine(record.bytes, normalizer))
  const answers = [
    ...records.map(({ bytes, offset }) => ({ offset, answer: answerLine(bytes, normalizer) })),
    ...tooLong.map(({ offset, length }) => ({ offset, answer: { error: `the line is too long: ${length} bytes` } })),
  ]
  return answers.sort((a, b) => a.offset - b.offset).map(({ answer }) => answer)
}

function answerLine (line: Buffer, normalizer: Normalizer): Answer {
  let value: unknown
  try {
    value = JSON.parse(line.toString())
  } catch {
    return { error: 'not JSON' }
  }
  const request = requestSchema.safeParse(value)
  if (request.success) return resolve(request.data, normalizer)
  const [issue] = request.error.issues
  return { error: `${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'invalid'}` }
}

function resolve (request: z.output<typeof requestSchema>, normalizer: Normalizer): Answer {
  const match = normalizer.match(request)
  const { endpoint } = match
  if (endpoint === undefined) {
    const undeclared = { template: null, operationId: null, service: null }
    if (match.outcome === 'malformed') return { outcome: match.outcome, route: '', ...undeclared }
    // As in the pipeline: what the gateway routed somewhere is traffic that nobody declared, the rest is noise.
    const routed = match.gateway !== undefined || request.service !== undefined || request.route !== undefined
    return { outcome: routed ? 'inferred' : 'unmatched', route: normalizer.infer(match.path), ...undeclared }
  }
  const { template, operationId, service } = endpoint
  return { outcome: match.outcome, route: match.route, template, operationId: operationId || null, service: service || null }
}
