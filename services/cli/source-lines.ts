import { isBroken, readSource } from '../processor/catalog/document.ts'
import type { SourceFile } from '../processor/catalog/document.ts'

/** Finds where a place of a document stands: `file:line`, or the name of the source alone when it is no file at hand. */
export function createPlaceFinder (): (source: string, where: string) => Promise<string> {
  const files = new Map<string, SourceFile | undefined>()
  return async (source, where) => {
    if (!files.has(source)) files.set(source, await readFile(source))
    const file = files.get(source)
    return file === undefined ? source : `${source}:${file.lineOf(where)}`
  }
}

async function readFile (source: string): Promise<SourceFile | undefined> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return undefined
  const file = await readSource(source)
  return isBroken(file) ? undefined : file
}
