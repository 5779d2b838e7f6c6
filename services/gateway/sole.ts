import type { Declaration, Fault, KongReading } from '../kong/read.ts'
import { severalErrors } from '../runtime/config.ts'
import { GatelensError } from '../runtime/errors.ts'
import type { ErrorCode, ErrorPart } from '../runtime/errors.ts'

/** What there is to serve, and what is wrong with it besides what its schema finds; `code` is the error that it amounts to. */
export interface Sole { declaration: Declaration, parts: ErrorPart[], code: ErrorCode }

/**
 * What files declare, and everything that is wrong with them: this gateway serves nothing that might be meant otherwise.
 * Throws CONFIG_SYNTAX or CONFIG_INVALID where there is nothing to look at.
 */
export function soleDeclaration ({ declarations, faults }: KongReading): Sole {
  const told = faults.map((fault): ErrorPart => ({ where: shown(fault), message: fault.message, rule: ruleOf(fault) }))
  const parts = [...told, ...declarations.flatMap(unsetParts)]
  const found = new Set([...faults.map(codeOf), ...declarations.flatMap(({ unset }) => unset.map((): ErrorCode => 'CONFIG_VARIABLE'))])
  const code = (['CONFIG_SYNTAX', 'CONFIG_VARIABLE'] as const).find((name) => found.has(name)) ?? 'CONFIG_INVALID'
  const [declaration, second] = declarations
  if (faults.some((fault) => fault.code === 'syntax')) throw severalErrors(code, parts)
  if (second !== undefined) {
    const message = `the files are of several workspaces: "${declaration?.workspace}" and "${second.workspace}"; this gateway serves one`
    parts.push({ where: shown(second.placeOf(['_workspace'])), message })
  }
  if (declaration !== undefined) return { declaration, parts, code }
  throw parts.length > 0 ? severalErrors(code, parts) : new GatelensError(code, 'none of the files is a declarative configuration of Kong')
}

function codeOf ({ code }: Fault): ErrorCode {
  if (code === 'syntax' || code === 'repeated-key') return 'CONFIG_SYNTAX'
  return code === 'template' ? 'CONFIG_VARIABLE' : 'CONFIG_INVALID'
}

/** A file that is no YAML goes by the code of the error. */
function ruleOf ({ code }: Fault): string | undefined {
  return code === 'syntax' ? undefined : code
}

function unsetParts ({ unset, placeOf }: Declaration): ErrorPart[] {
  return unset.map(({ at, placeholder, reason }) => ({ where: shown(placeOf(at)), message: `${placeholder}: ${reason}`, rule: 'unset-variable' }))
}

function shown ({ path, line }: { path: string, line: number }): string {
  return `${path}:${line}`
}
