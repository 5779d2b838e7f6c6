import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import { renderSuggestions } from './suggest.ts'
import type { Suggestion } from './suggest.ts'

/** What the name of a file says of it. */
export type FileKind = 'undocumented' | 'overlay'

/**
 * Writes `<service>.undocumented.yaml` (or `.overlay.yaml`) for each suggestion and gives the paths. Nothing is overwritten, and
 * where one file stands in the way, none is written; throws FOLDER_UNUSABLE.
 */
export function writeSuggestions (suggestions: readonly Suggestion[], folder: string, kind: FileKind = 'undocumented'): string[] {
  const names = nameFiles(suggestions.map(({ service }) => service), kind)
  const paths = names.map((name) => join(folder, name))
  for (const path of paths) if (existsSync(path)) throw inTheWay(path)
  for (const [index, path] of paths.entries()) writeSuggestion(suggestions[index]!, folder, path)
  return paths
}

function writeSuggestion (suggestion: Suggestion, folder: string, path: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, renderSuggestions([suggestion]), { flag: 'wx' })
  } catch (error) {
    throw new GatelensError('FOLDER_UNUSABLE', `cannot write the file: ${messageOf(error)}`, { where: path, cause: error })
  }
}

function inTheWay (path: string): GatelensError {
  return new GatelensError('FOLDER_UNUSABLE', 'the file exists, and nothing is overwritten', { where: path, hint: 'Remove it, or name another folder.' })
}

/** Services whose names are alike as files are numbered; some systems take small and capital letters for the same. */
function nameFiles (services: readonly string[], kind: FileKind): string[] {
  const taken = new Set<string>()
  return services.map((service) => {
    for (let count = 1; ; count++) {
      const name = `${fileName(service)}${count === 1 ? '' : `-${count}`}.${kind}.yaml`
      if (taken.has(name.toLowerCase())) continue
      taken.add(name.toLowerCase())
      return name
    }
  })
}

function fileName (service: string): string {
  return service.replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-').replace(/^[.-]+/, '').slice(0, 100) || 'no-service'
}
