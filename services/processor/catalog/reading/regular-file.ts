/** Reads files of the catalog: regular ones only, and no more of them than is allowed. */
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { messageOf, systemCode } from '../../../runtime/errors.ts'

/** Most bytes of a file, unless the configuration says otherwise. */
export const defaultFileBytes = 64 * 1024 ** 2

/**
 * The bytes of a regular file. Rejects with a sentence in our own words for a device, a FIFO, a socket or a folder, for what is
 * larger than `maxBytes`, and for what cannot be opened. Nothing is opened that is no regular file: a FIFO would be waited for.
 */
export async function readRegularFile (path: string, maxBytes = defaultFileBytes): Promise<Buffer> {
  try {
    refuseOthers((await stat(path)).isFile())
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return await readBounded(file, maxBytes).finally(async () => { await file.close() })
  } catch (error) {
    throw new Error(fileTrouble(error), { cause: error })
  }
}

async function readBounded (file: FileHandle, maxBytes: number): Promise<Buffer> {
  const entry = await file.stat()
  refuseOthers(entry.isFile())
  if (entry.size > maxBytes) throw new Error(`the file has ${entry.size} bytes, and ${maxBytes} are read at most (catalog.files.max_bytes)`)
  const bytes = Buffer.allocUnsafe(entry.size + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
    length += bytesRead
    if (length > entry.size) throw new Error('the file grows while it is read')
    if (bytesRead === 0) return bytes.subarray(0, length)
  }
}

function refuseOthers (isFile: boolean): void {
  if (!isFile) throw new Error('it is no regular file')
}

/** Why a file cannot be read, without the words of the system. */
export function fileTrouble (error: unknown): string {
  const code = systemCode(error)
  return code === '' ? messageOf(error) : troubles[code] ?? `the system refuses it (${code})`
}

const troubles: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read (permission denied)',
  EPERM: 'it may not be read (permission denied)',
  ELOOP: 'its symbolic links run in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENXIO: 'it is no regular file',
}
