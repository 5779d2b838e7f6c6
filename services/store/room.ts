import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { StoreException } from './exception.ts'

/** What waits on disk for the engine or for a slow reader may leave this much of the disk. */
const leastFree = 1024 * 1024 * 1024

/** Bytes between two looks. */
const step = 16 * 1024 * 1024

/** True when the disk that holds `path` has less room than has to stay free. */
export async function isNearlyFull (path: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize < leastFree
}

/** Passes bytes on their way to `path` on, and throws NOT_ENOUGH_SPACE when they would fill the disk. */
export function guardRoom (path: string): Transform {
  let unseen = 0
  return new Transform({
    transform (chunk: Buffer, _, done) {
      unseen += chunk.length
      if (unseen < step) return done(null, chunk)
      unseen = 0
      isNearlyFull(dirname(path)).then((full) => { full ? done(notEnough()) : done(null, chunk) }, done)
    },
  })
}

function notEnough (): StoreException {
  return new StoreException('NOT_ENOUGH_SPACE', 'The body, which waits on disk for the engine, would fill the disk')
}
