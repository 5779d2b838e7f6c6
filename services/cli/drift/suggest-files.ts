import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import { renderSuggestions } from './suggest.ts'
import type { Suggestion } from './suggest.ts'

/** Writes `<service>.undocumented.yaml` for each suggestion and gives the paths. Nothing is overwritten; throws FOLDER_UNUSABLE. */
export function writeSuggestions (suggestions: readonly Suggestion[], folder: string): string[] {
  return suggestions.map((suggestion) => {
    const path = join(folder, `${fileName(suggestion.service)}.undocumented.yaml`)
    try {
      mkdirSync(folder, { recursive: true })
      writeFileSync(path, renderSuggestions([suggestion]), { flag: 'wx' })
    } catch (error) {
      throw new GatelensError('FOLDER_UNUSABLE', `cannot write the file: ${messageOf(error)}`, { where: path, cause: error })
    }
    return path
  })
}

function fileName (service: string): string {
  return service.replace(/[^\w.-]+/g, '-').replace(/^\.+/, '') || 'no-service'
}
