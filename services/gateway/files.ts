import { relative } from 'node:path'
import { findKongFiles, readFoundFiles } from '../kong/find.ts'
import { readKongFiles } from '../kong/read.ts'
import type { KongReading } from '../kong/read.ts'

/**
 * Reads the files that the gateway is to serve; messages name those below the working directory relative to it. Throws
 * CONFIG_NOT_FOUND.
 */
export async function readGatewayFiles (sources: readonly string[]): Promise<KongReading> {
  const files = await readFoundFiles(await findKongFiles(sources, process.cwd(), 'CONFIG_NOT_FOUND'))
  return readKongFiles(files.map((file) => ({ ...file, path: shorten(file.path) })))
}

function shorten (path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}
