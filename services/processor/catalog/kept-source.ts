import type { Problem } from '../../../normalizer/index.ts'
import type { LoadContext } from './context.ts'
import { isBroken, readSource } from './document.ts'
import type { SourceFile } from './document.ts'

/**
 * Reads a JSON or YAML file; one that is broken is a problem and gives what was read of it last. Undefined when that is
 * nothing. Lines of what was read last are not known any more.
 */
export async function readKeptSource (path: string, context: LoadContext, problems: Problem[]): Promise<SourceFile | undefined> {
  const { files, shelf, nameOf } = context
  const key = `source ${path}`
  await files.note(path)
  context.begin(path)
  const tooMuch = context.oversized.get(path)
  const file = tooMuch === undefined ? await readSource(path) : { message: tooMuch, line: 1 }
  if (!isBroken(file) && file.documents.length > 0) {
    const digest = files.digest([path])
    if (await shelf.digest(key) !== digest) await shelf.put(key, { digest, value: file.documents })
    return file
  }
  const kept = await shelf.get<unknown[]>(key)
  const { message, line } = isBroken(file) ? file : { message: 'the file is empty', line: 1 }
  const note = kept === undefined ? '' : '; what was read of the file last stays in use'
  if (isBroken(file) || kept !== undefined) problems.push({ severity: 'error', code: 'unreadable', message: `${message}${note}`, source: nameOf(path), line })
  if (kept === undefined) return isBroken(file) ? undefined : file
  files.distrust(path)
  return { path, documents: kept.value, lineOf: () => 1 }
}
