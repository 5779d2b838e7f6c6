import { dirname, resolve } from 'node:path'
import { processorSchema } from '../processor/config.ts'
import type { ProcessorConfig } from '../processor/config.ts'
import { loadConfig, relativeTo } from '../runtime/config.ts'

export interface ConfigFile {
  path: string
  settings: ProcessorConfig
  /** Folder of the file: where its relative paths start. */
  folder: string
  /** The rules file that it names, absolute; undefined when the rules stand in it. */
  rulesFile: string | undefined
}

/** Reads a processor configuration. Throws CONFIG_NOT_FOUND, CONFIG_SYNTAX, CONFIG_VARIABLE or CONFIG_INVALID with file and line. */
export function readProcessorConfig (path: string): ConfigFile {
  const settings = loadConfig(path, processorSchema)
  const rulesFile = typeof settings.rules === 'string' ? relativeTo(path, settings.rules) : undefined
  return { path, settings, folder: dirname(resolve(path)), rulesFile }
}
