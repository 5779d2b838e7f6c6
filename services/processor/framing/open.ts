/** What the openers of single framings share. */
import type { RawRecord } from '../contract.ts'
import type { JsonObject } from '../decode/field.ts'
import { isObject } from '../decode/field.ts'
import { isBetween } from './values.ts'

/** The object that bytes are; undefined when they are none. */
export function parseObject (bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A record without what does not belong to it; none when nothing is left. */
export function trimmed (record: RawRecord): RawRecord[] {
  return record.bytes.every(isBetween) ? [] : [record]
}

/** The records that texts and objects are, without the line end that a collector keeps. They have no places of their own in the line. */
export function contentRecords (contents: readonly unknown[], offset: number): RawRecord[] {
  return contents.flatMap((content, index) =>
    trimmed({ bytes: Buffer.from(typeof content === 'string' ? content.replace(/\r?\n$/, '') : JSON.stringify(content)), offset: offset + index }))
}
