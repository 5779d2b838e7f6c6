/**
 * What `journalctl -o json` writes, with `json-pretty`, `json-sse` and `json-seq`: an object of the fields of an entry, the record in
 * `MESSAGE`. Read in systemd's man pages journalctl(1) and docs/JOURNAL_EXPORT_FORMATS.md: what is no UTF-8 text is a list of
 * bytes, a field that comes several times a list of its values, and a field of more than 4096 bytes is null unless --all is given.
 */
import { z } from 'zod'
import { defineFraming } from './definition.ts'
import { contentRecords, parseObject } from './open.ts'
import { BRACE } from './json-skip.ts'

/** The entries of a journal. */
export const journald = defineFraming({
  name: 'journald',
  summary: 'entries of systemd\'s journal as `journalctl -o json --all` writes them; the record is `MESSAGE`',
  options: z.strictObject({}),
  unit: 'value',
  create: () => ({ bytes, offset }) => {
    const start = bytes.indexOf(BRACE)
    const entry = start === -1 || start > longestStart ? undefined : parseObject(bytes.subarray(start))
    if (entry === undefined || !Object.hasOwn(entry, 'MESSAGE')) return expected
    const { MESSAGE: message } = entry
    if (message === null) return 'an entry whose MESSAGE is not null: journalctl leaves long ones out without --all'
    return contentRecords(messagesOf(message), offset)
  },
})

const expected = 'an entry of journalctl -o json with a field MESSAGE'
/** `data: ` of an event stream, or a record separator. */
const longestStart = 6

function messagesOf (message: unknown): unknown[] {
  if (!Array.isArray(message)) return [message]
  return isBytes(message) ? [Buffer.from(message).toString('utf8')] : message.map((item: unknown) => Array.isArray(item) && isBytes(item) ? Buffer.from(item).toString('utf8') : item)
}

function isBytes (list: readonly unknown[]): list is number[] {
  return list.length > 0 && list.every((item) => typeof item === 'number' && Number.isInteger(item) && item >= 0 && item < 256)
}
