/** The detection rules of a running processor: read at the start, and again when somebody changes them. */
import { resolve } from 'node:path'
import { loadConfig } from '../runtime/config.ts'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/log.ts'
import { pause } from '../runtime/shutdown.ts'
import type { ProcessorConfig } from './config.ts'
import { rulesFileSchema } from './detect/rule.ts'
import type { Rule } from './detect/rule.ts'

/** The rules that a configuration has or names. Throws CONFIG_NOT_FOUND, CONFIG_SYNTAX, CONFIG_INVALID and RULE_INVALID. */
export function readRules (rules: ProcessorConfig['rules'], base: string): Rule[] {
  if (typeof rules === 'string') return loadConfig(resolve(base, rules), rulesFileSchema).rules
  const names = rules.map((rule) => rule.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new GatelensError('RULE_INVALID', `rule "${twice}": this name is taken; names must be unique`, { where: 'rules' })
  return rules
}

export interface RulesWatchOptions {
  /** The rules in use at the start. */
  rules: readonly Rule[]
  /** Reads the rules as they are now; throws what is wrong with them. */
  read: () => Rule[]
  /** Puts other rules into use; throws what is wrong with them. */
  use: (rules: readonly Rule[]) => void
  log: Logger
  /** Pause between two looks, ms. */
  interval: number
  signal: AbortSignal
}

/** Looks for other rules again and again. Rules that cannot be used leave those in use, and are logged once. */
export class RulesWatch {
  readonly #options: RulesWatchOptions
  #used: string
  #wrong = ''

  constructor (options: RulesWatchOptions) {
    this.#options = options
    this.#used = JSON.stringify(options.rules)
  }

  /** Looks every `interval` until the signal aborts. */
  async run (): Promise<void> {
    const { interval, signal } = this.#options
    for (await pause(interval, signal); !signal.aborted; await pause(interval, signal)) this.look()
  }

  /** Looks now. Never throws. */
  look (): void {
    const { read, use, log } = this.#options
    try {
      const rules = read()
      if (this.#wrong !== '') log.info('the rules can be used again')
      this.#wrong = ''
      const text = JSON.stringify(rules)
      if (text === this.#used) return
      use(rules)
      log.info({ rules: rules.map((rule) => rule.name), before: (JSON.parse(this.#used) as Rule[]).map((rule) => rule.name) }, 'other rules are in use')
      this.#used = text
    } catch (error) {
      const reason = error instanceof GatelensError ? `${error.where}: ${error.message}` : messageOf(error)
      if (reason !== this.#wrong) log.error({ reason }, 'the rules cannot be used; those read before stay in use')
      this.#wrong = reason
    }
  }
}
