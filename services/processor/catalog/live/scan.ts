import { pause } from '../../../runtime/shutdown.ts'
import { rootFiles } from '../roots.ts'
import { signatureOf } from '../reading/file-states.ts'
import type { FileState } from '../reading/file-states.ts'
import type { CatalogInputs } from '../worker/refresh.ts'
import type { RemoteState } from '../fetching/remote-unit.ts'
import type { CatalogConfig } from '../config.ts'

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

/** True when files have come, gone or changed since they were read, by inode, size and time. */
export async function areFilesChanged (options: ScanOptions): Promise<boolean> {
  return isChanged(await look(options), options.known)
}

/** Waits until files that have changed rest, so that none is read half-written. */
export async function waitForFiles (options: ScanOptions): Promise<void> {
  let seen = await look(options)
  if (!isChanged(seen, options.known)) return
  for (let round = 0; round < patience && !options.signal.aborted; round++) {
    await pause(settleMs, options.signal)
    const now = await look(options)
    if (JSON.stringify([...now]) === JSON.stringify([...seen])) break
    seen = now
  }
}

async function look ({ config, base, known }: ScanOptions): Promise<Map<string, string>> {
  const paths = [...new Set([...known.keys(), ...await rootFiles(config, base)])]
  return new Map(await Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await signatureOf(path, false)])))
}

function isChanged (seen: ReadonlyMap<string, string>, known: ReadonlyMap<string, FileState>): boolean {
  for (const [path, signature] of seen) if (known.get(path)?.signature !== signature) return true
  return false
}

/** Documents that needed too much and are not worth another try: those that are as they were. */
export async function stillOversized (
  inputs: CatalogInputs | undefined, asked: ReadonlyMap<string, RemoteState>
): Promise<Map<string, string>> {
  const still = new Map<string, string>()
  for (const [name, message] of inputs?.oversized ?? []) {
    const known = inputs?.files.get(name)?.signature
    const remote = [...inputs?.remotes.values() ?? []].find(({ unit }) => unit.label === name)
    const isSame = remote === undefined
      ? known === await signatureOf(name, false)
      : remote.digest === (asked.get(remote.unit.key) ?? remote).digest
    if (isSame) still.set(name, message)
  }
  return still
}
