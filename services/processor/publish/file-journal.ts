import { open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { systemCode } from '../../runtime/errors.ts'
import { writeDurably } from '../../runtime/files.ts'

/** A committed place: the number of a file, from 1, how many of its bytes are committed, and when its first batch came, epoch ms. */
export interface Place { number: number, length: number, since: number }

/** A line of the journal: the place after a batch, and the token of the batch; no token for a change of the file. */
interface Entry extends Place { token?: string | undefined }

/** So many of the newest batches are known again. */
export const rememberedBatches = 10_000

/**
 * What a file sink has committed: a line of JSON for each batch, synced before the batch is acknowledged. A line that a crash has cut off
 * counts as never written, and so do the bytes of its batch.
 */
export class Journal {
  readonly #path: string
  readonly #tokens: Set<string>
  #place: Place | undefined
  #file: FileHandle | undefined
  #length = 0
  #lines = 0

  private constructor (path: string, entries: readonly Entry[]) {
    this.#path = path
    this.#place = entries.at(-1)
    this.#tokens = new Set(entries.flatMap(({ token }) => token ?? []).slice(-rememberedBatches))
  }

  /** Reads what is there. Rejects with the system's error. */
  static async open (path: string): Promise<Journal> {
    return new Journal(path, entriesOf(await readIfThere(path)))
  }

  /** The committed place; undefined while nothing was ever committed. */
  get place (): Place | undefined {
    return this.#place
  }

  /** True when the batch is one of the newest that were committed. */
  has (token: string): boolean {
    return this.#tokens.has(token)
  }

  /** Commits a place, and with it a batch. When it rejects, nothing is committed, and `restore` must come before another try. */
  async commit (place: Place, token?: string): Promise<void> {
    this.#file ??= await this.#begin()
    const line = Buffer.from(lineOf({ ...place, token }))
    await this.#file.write(line, 0, line.length, this.#length)
    await this.#file.datasync()
    this.#length += line.length
    this.#place = place
    if (token !== undefined) this.#remember(token)
    if (++this.#lines > 2 * rememberedBatches) await this.close()
  }

  /** Brings the file to what is committed: a line that was written and not committed must not outlive the bytes that it stands for. */
  async restore (): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await this.#begin()
    } else {
      // It takes no room on a disk that is full.
      await this.#file.truncate(this.#length)
      await this.#file.datasync()
    }
  }

  async close (): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => {})
  }

  #remember (token: string): void {
    this.#tokens.add(token)
    const [oldest] = this.#tokens
    if (this.#tokens.size > rememberedBatches && oldest !== undefined) this.#tokens.delete(oldest)
  }

  async #begin (): Promise<FileHandle> {
    const place = this.#place
    const entries: Entry[] = place === undefined ? [] : [...[...this.#tokens].map((token) => ({ ...place, token })), place]
    const content = Buffer.from(entries.map(lineOf).join(''))
    await writeDurably(this.#path, content)
    this.#length = content.length
    this.#lines = entries.length
    return open(this.#path, 'r+')
  }
}

function lineOf ({ number, length, since, token }: Entry): string {
  return `${JSON.stringify({ number, length, since, token })}\n`
}

async function readIfThere (path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** The lines that are whole; after a power cut there may be anything behind them. */
function entriesOf (text: string): Entry[] {
  const entries: Entry[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = parseEntry(line)
    if (entry === undefined) break
    entries.push(entry)
  }
  return entries
}

function parseEntry (line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null
    const isWhole = [entry?.number, entry?.length, entry?.since].every((value) => Number.isSafeInteger(value) && value! >= 0)
    return isWhole ? entry as Entry : undefined
  } catch {
    return undefined
  }
}
