/** Instants as logs write them, to epoch milliseconds: numbers in one of four units, told apart by their size, and ISO 8601. */
import { numberOf, roundMs } from './field.ts'

/** Epoch ms before this (1973) are a smaller unit that someone took for milliseconds; after the last one ClickHouse's Date ends. */
const first = 1e11
const last = 5_662_224_000_000
/** The same instants in seconds, microseconds and nanoseconds never overlap, since the first and the last are 57 times apart. */
const units = [1000, 1, 1e-3, 1e-6]

const iso = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?$/i

/** True for epoch ms that are a time of some request: from 1973 to 2149. */
export function isTime (ms: number): boolean {
  return ms >= first && ms <= last
}

/** Epoch ms to the microsecond, or why the value is none; the words follow the name of the field. */
export function readInstant (value: unknown): number | string {
  if (typeof value === 'number' && value >= first && value <= last) return roundMs(value)
  if (typeof value === 'string' && value.length > 5 && value[4] === '-') return readIso(value.trim())
  const number = numberOf(value)
  if (number === null) return 'is missing'
  if (Number.isNaN(number)) return 'is no number and no ISO 8601 time'
  const unit = units.find((factor) => number * factor >= first && number * factor <= last)
  return unit === undefined ? 'is out of range: it is no time since 1970 in s, ms, µs or ns' : roundMs(number * unit)
}

function readIso (text: string): number | string {
  const found = iso.exec(text)
  if (found === null) return 'is no number and no ISO 8601 time'
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone] = found
  if (zone === undefined) return 'has no time zone: Z or an offset such as +02:00 must follow'
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const date = `${year}-${month}-${day}`
  const whole = Date.parse(`${date}T${hour}:${minute}:${second}${offset}`)
  // The engine rolls 31 February over into March.
  if (Number.isNaN(whole) || new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) return 'is no date of the calendar'
  const time = roundMs(whole + Number(`0.${fraction}`) * 1000)
  return time >= first && time <= last ? time : 'is out of range'
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const clf = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/

/** The time of the common log format (`20/Aug/2026:10:15:30 +0000`), epoch ms; or why the value is none, as above. */
export function readClfTime (text: string): number | string {
  const found = clf.exec(text)
  const month = found === null ? -1 : months.indexOf(found[2]!)
  if (found === null || month === -1) return 'is no time of the common log format'
  const [, day, , year, time, hours, minutes] = found
  return readIso(`${year}-${String(month + 1).padStart(2, '0')}-${day}T${time}${hours}:${minutes}`)
}
