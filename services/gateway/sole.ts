import type { Declaration, Fault, KongReading } from '../kong/read.ts'
import { severalErrors } from '../runtime/config.ts'
import { GatelensError } from '../runtime/errors.ts'
import type { ErrorCode, ErrorPart } from '../runtime/errors.ts'

/** What there is to serve, and what is wrong with it besides what its schema finds. */
export interface Sole { declaration: Declaration, parts: ErrorPart[] }

/**
 * What files declare, if they can be read without a doubt. Throws CONFIG_SYNTAX, CONFIG_VARIABLE or CONFIG_INVALID: this gateway
 * serves nothing that might be meant otherwise.
 */
export function soleDeclaration ({ declarations, faults }: KongReading): Sole {
  const partsOf = (code: ErrorCode): ErrorPart[] =>
    faults.filter((fault) => codeOf(fault) === code).map((fault) => ({ where: shown(fault), message: fault.message }))
  const broken = partsOf('CONFIG_SYNTAX')
  if (broken.length > 0) throw severalErrors('CONFIG_SYNTAX', broken)
  const unknown = [...partsOf('CONFIG_VARIABLE'), ...declarations.flatMap(unsetParts)]
  if (unknown.length > 0) throw severalErrors('CONFIG_VARIABLE', unknown)
  const parts = partsOf('CONFIG_INVALID')
  const [declaration, second] = declarations
  if (second !== undefined) {
    const message = `the files are of several workspaces: "${declaration?.workspace}" and "${second.workspace}"; this gateway serves one`
    parts.push({ where: shown(second.placeOf(['_workspace'])), message })
  }
  if (declaration !== undefined) return { declaration, parts }
  throw parts.length > 0 ? severalErrors('CONFIG_INVALID', parts) : new GatelensError('CONFIG_INVALID', 'none of the files is a declarative configuration of Kong')
}

function codeOf ({ code }: Fault): ErrorCode {
  if (code === 'syntax' || code === 'repeated-key') return 'CONFIG_SYNTAX'
  return code === 'template' ? 'CONFIG_VARIABLE' : 'CONFIG_INVALID'
}

function unsetParts ({ unset, placeOf }: Declaration): ErrorPart[] {
  return unset.map(({ at, placeholder, reason }) => ({ where: shown(placeOf(at)), message: `${placeholder}: ${reason}` }))
}

function shown ({ path, line }: { path: string, line: number }): string {
  return `${path}:${line}`
}
