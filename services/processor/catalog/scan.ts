import { pause } from '../../runtime/shutdown.ts'
import { rootFiles } from './files.ts'
import { signatureOf } from './inputs.ts'
import type { FileState } from './inputs.ts'
import type { CatalogInputs } from './refresh.ts'
import type { CatalogConfig } from './sources.ts'

/** What to scan: the configured sources, and the files that the catalog in use was read from. */
export interface ScanOptions {
  config: CatalogConfig
  base: string
  known: ReadonlyMap<string, FileState>
  signal: AbortSignal
}

/** Who writes a file in pieces is given this long between two of them, ms. */
const settleMs = 500
/** A file that never rests is read all the same after so many looks. */
const patience = 20

/**
 * True when files have come, gone or changed since they were read, by inode, size and time. Then it waits until they rest,
 * so that a file is not read half-written.
 */
export async function scanFiles (options: ScanOptions): Promise<boolean> {
  let seen = await look(options)
  if (!isChanged(seen, options.known)) return false
  for (let round = 0; round < patience && !options.signal.aborted; round++) {
    await pause(settleMs, options.signal)
    const now = await look(options)
    if (JSON.stringify([...now]) === JSON.stringify([...seen])) break
    seen = now
  }
  return !options.signal.aborted
}

async function look ({ config, base, known }: ScanOptions): Promise<Map<string, string>> {
  const paths = [...new Set([...known.keys(), ...await rootFiles(config, base)])]
  return new Map(await Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await signatureOf(path, false)])))
}

function isChanged (seen: ReadonlyMap<string, string>, known: ReadonlyMap<string, FileState>): boolean {
  for (const [path, signature] of seen) if (known.get(path)?.signature !== signature) return true
  return false
}

/** Documents that needed too much and are not worth another try: files as they were, and URLs that have no turn now. */
export async function stillOversized (
  inputs: CatalogInputs | undefined, due: ReadonlySet<string> | undefined
): Promise<Map<string, string>> {
  const still = new Map<string, string>()
  for (const [name, message] of inputs?.oversized ?? []) {
    const known = inputs?.files.get(name)?.signature
    const unit = [...inputs?.remotes.values() ?? []].find(({ unit }) => unit.label === name)?.unit
    const isWaiting = unit === undefined ? known === await signatureOf(name, false) : due?.has(unit.key) === false
    if (isWaiting) still.set(name, message)
  }
  return still
}
