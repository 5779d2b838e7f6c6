import type { Statement } from './statement.ts'

export interface Verdicts {
  find (text: string): Statement | undefined
  keep (text: string, statement: Statement): void
}

/** Most characters of text that are remembered, and the longest of them. */
const room = 8 * 1024 * 1024
const longest = 64 * 1024

/** Statements that were read and allowed before, by their text; those that were not asked for the longest time go first. */
export function createVerdicts (): Verdicts {
  const known = new Map<string, Statement>()
  let size = 0
  const drop = (text: string): void => {
    if (known.delete(text)) size -= text.length
  }
  return {
    find: (text) => {
      const statement = known.get(text)
      if (statement === undefined) return undefined
      known.delete(text)
      known.set(text, statement)
      return statement
    },
    keep: (text, statement) => {
      if (text.length > longest) return
      drop(text)
      known.set(text, statement)
      size += text.length
      for (const oldest of known.keys()) {
        if (size <= room) break
        drop(oldest)
      }
    },
  }
}
