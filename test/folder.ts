import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders: string[] = []
process.once('exit', () => { for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) })

/**
 * An empty folder that goes when the test process does. Not with the test: its hooks run in the order in which they were
 * made, so a folder would go while what the test started still writes there, and removing it would fail now and then.
 */
export function temporaryFolder (): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelens-test-'))
  folders.push(folder)
  return folder
}
