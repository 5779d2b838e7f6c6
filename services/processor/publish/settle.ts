import { createHash } from 'node:crypto'
import { GatelensError } from '../../runtime/errors.ts'
import type { Reject } from '../event.ts'
import { insertPart } from './insert.ts'
import type { Target } from './insert.ts'
import type { TablePart } from './table-part.ts'
import { lookUp, missingRows, seek } from './presence.ts'
import type { Present, Rollup, Sought } from './presence.ts'
import { classify, isOfContent, refuse } from './refusal.ts'
import { RowPicker } from './rows.ts'
import { requestsTable } from './tables.ts'

/** How often what is missing is brought before that counts as a failure of the store. */
const attempts = 4

/** What takes rows for one rollup alone. */
const againTable = 'requests_again'

/**
 * Brings what is missing of a part that may be there, whole or in part: it looks what is there, inserts the rest and looks
 * again. Each thing that is missing goes out under a token of its own, always the same for the same try, so that of two
 * inserts that are on their way one lands; the next token comes only when the last one is known and its rows are not
 * there. Returns what the store refuses for its content. `refusal` is what it answered to the insert of the whole.
 */
export async function settle (target: Target, part: TablePart, id: string, refusal?: unknown): Promise<Reject[]> {
  const settlement = new Settlement(target, part, id)
  await settlement.look()
  if (settlement.isEmpty && refusal === undefined) await settlement.bringWhole()
  await settlement.bringRows()
  await settlement.bringRollups()
  return settlement.rejects
}

class Settlement {
  readonly #target: Target
  readonly #part: TablePart
  readonly #rows: RowPicker
  readonly #id: string
  readonly #sought: Sought
  readonly #refused = new Map<number, Reject>()
  #present: Present = { rows: new Map(), rollups: new Set() }

  constructor (target: Target, part: TablePart, id: string) {
    this.#target = target
    this.#part = part
    this.#rows = new RowPicker(part)
    this.#id = id
    this.#sought = seek(part)
  }

  get isEmpty (): boolean {
    return this.#present.rollups.size === 0 && missingRows(this.#sought, this.#present).length === this.#part.rows
  }

  get rejects (): Reject[] {
    return [...this.#refused.values()]
  }

  async look (): Promise<void> {
    this.#present = await lookUp(this.#target, this.#part, this.#id, this.#sought)
  }

  /** The insert that views follow: the same as the first one, so that it ends what may still be on its way of that. */
  async bringWhole (): Promise<void> {
    try {
      await insertPart(this.#target, this.#part, this.#id)
      await this.#lookAfter(() => {
        this.#present = { rows: countOf(this.#sought.keys), rollups: new Set(this.#sought.rollups) }
      })
    } catch (error) {
      if (!isOfContent(error)) throw error
      await this.look()
    }
  }

  async bringRows (): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const missing = missingRows(this.#sought, this.#present).filter((row) => !this.#refused.has(row))
      if (missing.length === 0) return
      await this.#insertRows(missing, attempt)
      await this.#lookAfter(() => { this.#present.rows = countOf(this.#sought.keys) })
    }
    throw missed(this.#part.table)
  }

  async bringRollups (): Promise<void> {
    const accepted = this.#rows.pick([...this.#sought.keys.keys()].filter((row) => !this.#refused.has(row)))
    if (accepted.rows === 0 || this.#sought.rollups.length === 0) return
    for (const rollup of seek(accepted).rollups) await this.#bringRollup(accepted, rollup)
  }

  async #bringRollup (accepted: TablePart, rollup: Rollup): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (this.#present.rollups.has(rollup)) return
      await insertPart(this.#target, accepted, `${this.#id}:${attempt}:${rollup}`, { table: againTable, alone: true })
      await this.#lookAfter(() => this.#present.rollups.add(rollup))
    }
    throw missed(rollup)
  }

  /** Inserts rows without their rollups; when they are refused, each half by itself, until the bad row stands alone. */
  async #insertRows (rows: readonly number[], attempt: number): Promise<void> {
    const cut = this.#rows.pick(rows)
    try {
      await insertPart(this.#target, cut, `${this.#id}:${digestOf(rows)}.${attempt}:${this.#part.table}`, { alone: true })
    } catch (error) {
      if (classify(error) !== 'content' || (rows.length === 1 && this.#part.table !== requestsTable)) throw error
      const [only] = rows
      if (rows.length === 1 && only !== undefined) {
        this.#refused.set(only, refuse(cut, error))
        return
      }
      const middle = Math.floor(rows.length / 2)
      await this.#insertRows(rows.slice(0, middle), attempt)
      await this.#insertRows(rows.slice(middle), attempt)
    }
  }

  /** Replicated tables make a token known together with its part, and a replica may lag behind: there the token is the proof. */
  async #lookAfter (assume: () => void): Promise<void> {
    if (this.#target.cluster === undefined) await this.look()
    else assume()
  }
}

function countOf (keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function digestOf (rows: readonly number[]): string {
  return createHash('sha256').update(rows.join()).digest('hex').slice(0, 12)
}

function missed (table: string): GatelensError {
  return new GatelensError('STORE_UNREACHABLE', `the store takes rows for ${table} and does not have them; they are brought again`)
}
