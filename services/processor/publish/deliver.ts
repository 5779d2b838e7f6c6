import type { ClickHouseClient } from '@clickhouse/client'
import type { Reject } from '../event.ts'
import { insertPart } from './insert.ts'
import type { Parcel, Part } from './parcel.ts'
import { classify, refuse } from './refusal.ts'
import { requestsTable, tabulateRejects } from './tables.ts'

export interface Target { client: ClickHouseClient, database: string }

/**
 * Inserts a parcel: all rows, or all but those that the store refuses for their content; those go to `rejected`.
 * Returns how many were refused. Every insert has a token that follows from the parcel's, so doing it again changes
 * nothing. Throws what may pass, and then some of the parcel may have landed.
 */
export async function deliver (target: Target, parcel: Parcel): Promise<number> {
  const refused: Reject[] = []
  for (const part of parcel.parts) {
    if (part.rows > 0) await insertRows(target, part, `${parcel.token}:${part.table}`, 0, part.rows, refused)
  }
  if (refused.length === 0) return 0
  await insertPart(target.client, target.database, tabulateRejects(refused), `${parcel.token}:refused`)
  return refused.length
}

/** Inserts rows `from` to `to - 1`; when they are refused, each half by itself. */
async function insertRows (target: Target, part: Part, token: string, from: number, to: number, refused: Reject[]): Promise<void> {
  const whole = from === 0 && to === part.rows
  const cut = whole ? part : cutRows(part, from, to)
  try {
    await insertPart(target.client, target.database, cut, whole ? token : `${token}:${from}-${to}`)
  } catch (error) {
    if (classify(error) !== 'content') throw error
    if (to - from === 1 && part.table !== requestsTable) throw error
    if (to - from === 1) {
      refused.push(refuse(part, cut.bytes, error))
      return
    }
    const middle = Math.floor((from + to) / 2)
    await insertRows(target, part, token, from, middle, refused)
    await insertRows(target, part, token, middle, to, refused)
  }
}

/** Some rows of a part; a row ends at its line end, for values have theirs escaped. */
function cutRows (part: Part, from: number, to: number): Part {
  const start = endOfRows(part.bytes, 0, from)
  return { ...part, rows: to - from, bytes: part.bytes.subarray(start, endOfRows(part.bytes, start, to - from)) }
}

function endOfRows (bytes: Buffer, start: number, rows: number): number {
  let end = start
  for (let row = 0; row < rows; row++) end = bytes.indexOf(10, end) + 1
  return end
}
