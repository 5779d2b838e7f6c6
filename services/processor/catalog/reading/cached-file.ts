import type { Problem } from '../../../../normalizer/index.ts'
import type { LoadContext } from '../context.ts'
import { isBroken, parseSource, readTextFile } from './document.ts'
import type { Broken, SourceFile } from './document.ts'
import type { FoundFile } from './files.ts'
import { looksLikeEntity } from './recognize.ts'

/**
 * Reads a JSON or YAML file of entities; one that is broken is a problem and gives what was read of it last. Undefined when that is
 * nothing, and `passed over` for a broken file that was not named and looks like no entity. Lines of what was read last are not
 * known any more.
 */
export async function readCachedFile ({ path, named }: FoundFile, context: LoadContext, problems: Problem[]): Promise<SourceFile | 'passed over' | undefined> {
  const { files, cache, nameOf } = context
  const key = `source ${path}`
  await files.note(path)
  context.begin(path)
  const { file, isDoubtful } = await read(path, context)
  if (!isBroken(file) && file.documents.length > 0) {
    const digest = files.digest([path])
    if (await cache.digest(key) !== digest) await cache.put(key, { digest, value: file.documents })
    return file
  }
  const kept = await cache.get<unknown[]>(key)
  if (kept === undefined && !named && isDoubtful) return 'passed over'
  const { message, line } = isBroken(file) ? file : { message: 'the file is empty', line: 1 }
  const note = kept === undefined ? '' : '; what was read of the file last stays in use'
  if (isBroken(file) || kept !== undefined) problems.push({ severity: 'error', code: 'unreadable', message: `${message}${note}`, source: nameOf(path), line })
  if (kept === undefined) return isBroken(file) ? undefined : file
  files.distrust(path)
  return { path, documents: kept.value, lineOf: () => 1 }
}

async function read (path: string, { oversized, reach }: LoadContext): Promise<{ file: SourceFile | Broken, isDoubtful: boolean }> {
  const tooMuch = oversized.get(path)
  if (tooMuch !== undefined) return { file: { message: tooMuch, line: 1 }, isDoubtful: false }
  const text = await readTextFile(path, reach.maxBytes)
  if (typeof text !== 'string') return { file: text, isDoubtful: true }
  const file = parseSource(path, text)
  return { file, isDoubtful: isBroken(file) && !looksLikeEntity(text) }
}
