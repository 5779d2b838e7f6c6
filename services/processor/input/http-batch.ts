import type { Decoded, Range, RecordBatch } from '../contract.ts'
import { rejectLong } from './long-lines.ts'
import type { Body, Piece } from './http-queue.ts'
import type { RepeatWindow } from './repeat-window.ts'

/** What batches of one input share. */
export interface BatchContext { source: string, window: RepeatWindow, maxRecordBytes: number }

/**
 * Makes a batch of pieces. Its range counts what this run handed out; its records have the places that follow from their bodies. Whoever
 * gave it back would not get the same batch again, so that it goes through the spool.
 */
export function createBatch (range: Range, pieces: readonly Piece[], { source, window, maxRecordBytes }: BatchContext): RecordBatch {
  return {
    range,
    source,
    spool: true,
    records: pieces.flatMap(({ records }) => records),
    rejects: pieces.flatMap(({ tooLong }) => rejectLong(tooLong, source, maxRecordBytes)),
    sift: (decoded) => sift(decoded, pieces.map(({ body }) => body), window),
    commit: async () => {
      for (const { body } of pieces) {
        body.open--
        if (body.open === 0 && body.handedOut === body.records.length) body.stored()
      }
    },
  }
}

/** Takes out what the window knows, and counts for each body what became of its records. */
function sift (decoded: Decoded, bodies: readonly Body[], window: RepeatWindow): Decoded {
  const bodyOf = createFinder(bodies)
  const isNew = (offset: number, isKnown: boolean): boolean => {
    const counts = bodyOf(offset)?.counts
    if (counts === undefined) return !isKnown
    counts.received++
    if (isKnown) counts.repeated++
    return !isKnown
  }
  const events = decoded.events.filter((event) => isNew(event.source_offset, window.addEvent(event)))
  const rejects = decoded.rejects.filter(({ source_offset: offset }) => isNew(offset, window.addReject(offset)))
  for (const { source_offset: offset } of rejects) {
    const counts = bodyOf(offset)?.counts
    if (counts !== undefined) counts.rejected++
  }
  return { events, rejects }
}

/** Finds the body that a place is in; the places come nearly in the order of the bodies. */
function createFinder (bodies: readonly Body[]): (offset: number) => Body | undefined {
  let at = 0
  return (offset) => {
    for (let tried = 0; tried < bodies.length; tried++) {
      const body = bodies[at]!
      if (offset >= body.base && offset <= body.base + body.bytes) return body
      at = (at + 1) % bodies.length
    }
    return undefined
  }
}
