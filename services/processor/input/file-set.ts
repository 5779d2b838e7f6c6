import type { Logger } from '../../runtime/log.ts'
import { newEntry } from './checkpoint.ts'
import type { Checkpoint, Entry } from './checkpoint.ts'
import { lengthOf } from './content.ts'
import type { Content } from './content.ts'
import type { Flight } from './flight.ts'
import { compare, fingerprint, fingerprintLength, readHead, startsWith } from './fingerprint.ts'
import { findFiles, findSiblings, isRotatedName } from './rotation.ts'
import type { Found } from './rotation.ts'
import { lastLineEnd } from './lines.ts'
import { Opener } from './opener.ts'
import { newTail } from './tail.ts'
import type { Tail } from './tail.ts'

export interface FileSetOptions {
  /** Absolute globs. */
  patterns: string[]
  follow: boolean
  startAt: 'beginning' | 'end'
  /** How long a generation whose file is gone is remembered, ms. */
  forget: number
}

/** How long the folder of a generation that lost its file is searched for a copy, ms. */
const searchMs = 60_000

/** How long a gzip'd file that is still being written must rest before it is decompressed anew, ms. */
const restMs = 1000

/** How long the clock of a file system may stand still, ms: what is written again within that has the same time. */
const tickMs = 20

const LF = 10

/**
 * The files of one input: which generation lives in which file, over renames, truncations and compressed copies.
 * A file continues a generation when it is the same inode with the same content up to the position, or, when that inode
 * is gone or was truncated, a file with a rotated name and that content. A rotated name whose content begins like a
 * known generation is a copy in the making and is left alone. Everything else begins a new generation.
 */
export class FileSet {
  readonly tails: Tail[] = []
  readonly #options: FileSetOptions
  readonly #checkpoint: Checkpoint
  readonly #flight: Flight
  readonly #log: Logger
  readonly #opener: Opener
  /** Files that were looked at and left alone, as they were then; looked at again when a generation loses its file. */
  readonly #examined = new Map<string, string>()
  /** Files that are not any more where they were. */
  readonly #moved: Tail[] = []
  #present = new Set<Entry>()
  #starting = true

  constructor (options: FileSetOptions, checkpoint: Checkpoint, flight: Flight, log: Logger) {
    this.#options = options
    this.#checkpoint = checkpoint
    this.#flight = flight
    this.#log = log
    this.#opener = new Opener(options.follow, log)
  }

  /** Looks at the disk once: notices growth, renames, truncations and new files. Returns how many files the globs lead to. */
  async refresh (): Promise<number> {
    const found = await findFiles(this.#options.patterns)
    const places = new Map(found.map((file) => [keyOf(file), file]))
    for (const tail of [...this.tails]) await this.#look(tail, places.get(keyOf(tail.stat)))
    const orphans = this.#orphans(found)
    const open = [...found, ...await this.#besides(orphans)].filter((file) => this.#isOpen(file))
    await this.#adopt(orphans, open)
    const missed = await this.#missedSince(this.#moved.splice(0))
    for (const file of [...found, ...missed]) if (this.#isOpen(file)) await this.#begin(file)
    this.#forget()
    this.#starting = false
    return found.length
  }

  /** How many files cannot be read at the moment. */
  get unreadable (): number {
    return this.#opener.unreadable
  }

  /** Ends the reading of a file: everything of it was handed out. */
  async retire (tail: Tail): Promise<void> {
    await this.#close(tail)
    tail.entry.done = true
    tail.entry.size = tail.stat.size
  }

  /** The file is not what it was: its generation is looked for elsewhere, and a new one begins in it. */
  async abandon (tail: Tail): Promise<void> {
    await this.#close(tail)
    tail.entry.dev = tail.entry.ino = ''
    this.#examined.clear()
  }

  async close (): Promise<void> {
    for (const tail of [...this.tails]) await this.#close(tail)
  }

  async #look (tail: Tail, place: Found | undefined): Promise<void> {
    const stat = await tail.content.stat()
    const isTimeVague = tail.entry.seen - tail.stat.modified < tickMs
    const changed = stat.size !== tail.stat.size || stat.modified !== tail.stat.modified
    if (changed || tail.attached !== (place !== undefined)) tail.changedAt = Date.now()
    if (tail.attached && place === undefined) this.#moved.push(tail)
    tail.attached = place !== undefined
    tail.path = place?.path ?? tail.path
    tail.stat = stat
    tail.entry.seen = Date.now()
    if (!tail.content.gzip && (stat.size < tail.position || ((changed || isTimeVague) && await this.#isRewritten(tail)))) {
      await this.#tellIfShrunk(tail)
      await this.abandon(tail)
    } else if (tail.content.ending === 'broken' && stat.size !== tail.openedSize && Date.now() - tail.changedAt >= restMs) await this.#reopen(tail)
  }

  /** A file that was truncated and written again to the very length that was read of it: nothing new to read would tell. */
  async #isRewritten ({ content, entry, position, stat }: Tail): Promise<boolean> {
    return stat.size === position && !startsWith(await readHead(content), entry.head)
  }

  /** Where a file was cut off that still begins as before nobody knows, for it may have grown since: better twice than lost. */
  async #tellIfShrunk ({ content, entry, path, stat }: Tail): Promise<void> {
    if (stat.size === 0 || !startsWith(await readHead(content), entry.head)) return
    this.#log.warn({ path, position: entry.offset, size: stat.size }, 'the file shrank; it is read from its start, so records may be stored twice')
  }

  async #reopen (tail: Tail): Promise<void> {
    const content = await this.#opener.open(tail.path)
    if (content === undefined) return
    await tail.content.close()
    tail.content = content
    tail.openedSize = tail.stat.size
  }

  /** Generations that live in no file that we know of. */
  #orphans (found: Found[]): Entry[] {
    const isPresent = (entry: Entry): boolean =>
      this.tails.some((tail) => tail.entry === entry) || found.some((file) => this.#isDoneIn(entry, file))
    const present = new Set(this.#checkpoint.entries.filter(isPresent))
    if ([...this.#present].some((entry) => !present.has(entry))) this.#examined.clear()
    this.#present = present
    for (const entry of present) entry.seen = Date.now()
    return this.#checkpoint.entries.filter((entry) => !present.has(entry))
  }

  /** Files beside those that orphans with unread content lived in. */
  async #besides (orphans: Entry[]): Promise<Found[]> {
    const searched = orphans.filter((entry) => (!entry.done || this.#flight.redoOf(entry).length > 0) &&
      (this.#starting || Date.now() - entry.seen < searchMs))
    const folders = new Map(searched.map((entry) => [entry.path, findSiblings(entry.path)]))
    return (await Promise.all(folders.values())).flat()
  }

  /** Files with rotated names that are newer than one that was moved away: rotated while nobody looked. */
  async #missedSince (moved: Tail[]): Promise<Found[]> {
    const missed = moved.map(async (tail) => (await findSiblings(tail.entry.path)).filter((file) =>
      isRotatedName(tail.entry.path, file.path) && secondOf(file) >= secondOf(tail.stat)))
    return (await Promise.all(missed)).flat()
  }

  /** True for a file that nobody reads. One without content may yet become anything, also a gzip'd one. */
  #isOpen (file: Found): boolean {
    return file.size > 0 && this.#examined.get(keyOf(file)) !== signatureOf(file) &&
      !this.tails.some((tail) => keyOf(tail.stat) === keyOf(file)) &&
      !this.#checkpoint.entries.some((entry) => this.#isDoneIn(entry, file))
  }

  #isDoneIn (entry: Entry, file: Found): boolean {
    return entry.done && entry.ino === file.ino && entry.size === file.size && this.#flight.redoOf(entry).length === 0
  }

  /** Finds the files of orphans: by inode first, then by content. */
  async #adopt (orphans: Entry[], files: Found[]): Promise<void> {
    const byInode = (entry: Entry, file: Found): boolean => entry.ino === file.ino
    const byName = (entry: Entry, file: Found): boolean =>
      isRotatedName(entry.path, file.path) || (this.#starting && entry.path === file.path)
    for (const mayBe of [byInode, byName]) {
      for (const entry of orphans) {
        if (this.tails.some((tail) => tail.entry === entry)) continue
        for (const file of files) {
          if (!mayBe(entry, file) || !this.#isOpen(file)) continue
          const tail = await this.#continue(entry, file)
          if (tail === undefined) continue
          if (tail.path !== entry.path) this.#moved.push(tail)
          break
        }
      }
    }
  }

  async #continue (entry: Entry, file: Found): Promise<Tail | undefined> {
    const content = await this.#opener.open(file.path)
    if (content === undefined) return undefined
    if (await compare(content, this.#flight.reachOf(entry)) !== 'continues') {
      await content.close()
      return undefined
    }
    const reach = this.#flight.redoOf(entry).at(-1)?.to ?? 0
    if (reach > 0 && await content.read(Buffer.alloc(1), reach - 1) === 0) {
      this.#log.warn({ path: file.path, from: entry.offset, to: reach }, 'the file ends before a range that was already read; its rest is read again')
      this.#flight.dropRedo(entry)
    }
    return this.#add(content, file, entry, true)
  }

  async #begin (file: Found): Promise<void> {
    const content = await this.#opener.open(file.path)
    if (content === undefined) return
    const first = this.#starting && this.#checkpoint.fresh
    if (!first && await this.#isCopy(content, file)) {
      this.#examined.set(keyOf(file), signatureOf(file))
      await content.close()
      return
    }
    const tail = await this.#add(content, file, newEntry(file.path, file), false)
    const skipped = first && this.#options.startAt === 'end'
    await this.#remember(tail, skipped)
    if (skipped && tail.known) await this.#skipToEnd(tail)
  }

  async #isCopy (content: Content, file: Found): Promise<boolean> {
    for (const entry of this.#checkpoint.entries) {
      if (!isRotatedName(entry.path, file.path)) continue
      if (await compare(content, entry) !== 'differs' || await this.#isShortCopy(content, entry)) return true
    }
    return false
  }

  /** The first bytes of a copy, too few for the fingerprint, are compared with the file that is being copied. */
  async #isShortCopy (content: Content, entry: Entry): Promise<boolean> {
    const start = await readHead(content)
    if (start.length >= entry.head.length) return false
    const original = this.tails.find((tail) => tail.entry === entry)
    if (original === undefined) return content.ending === 'broken'
    return (await readHead(original.content)).subarray(0, start.length).equals(start)
  }

  /**
   * What led to a file may be forgotten before anything of it is handed out: a later run finds it by its entry. The
   * beginning of a line could be that of any file, and matters only when it is to be skipped.
   */
  async #remember (tail: Tail, skipped: boolean): Promise<void> {
    const head = await readHead(tail.content)
    if (head.length === 0 || (!skipped && head.length < fingerprintLength && !head.includes(LF))) return
    tail.entry.head = fingerprint(head)
    tail.known = true
    this.#checkpoint.entries.push(tail.entry)
  }

  async #skipToEnd (tail: Tail): Promise<void> {
    const { entry, content } = tail
    if (content.gzip) entry.offset = await lengthOf(content)
    else entry.offset = await lastLineEnd(content, tail.stat.size)
    tail.position = entry.offset
  }

  async #add (content: Content, file: Found, entry: Entry, known: boolean): Promise<Tail> {
    const stat = await content.stat()
    Object.assign(entry, { dev: stat.dev, ino: stat.ino, done: false, seen: Date.now() })
    const tail = newTail(file.path, content, entry, stat, this.#flight.reachOf(entry).offset, this.#flight.redoOf(entry))
    tail.known = known
    this.tails.push(tail)
    return tail
  }

  async #close (tail: Tail): Promise<void> {
    this.tails.splice(this.tails.indexOf(tail), 1)
    await tail.content.close()
  }

  #forget (): void {
    const { entries } = this.#checkpoint
    for (const entry of [...entries]) {
      if (this.#present.has(entry) || this.tails.some((tail) => tail.entry === entry)) continue
      if (Date.now() - entry.seen < this.#options.forget) continue
      if (!entry.done) this.#log.warn({ path: entry.path, position: entry.offset }, 'the rest of a file was never found again')
      entries.splice(entries.indexOf(entry), 1)
    }
  }
}

function keyOf (file: { dev: string, ino: string }): string {
  return `${file.dev}:${file.ino}`
}

/** Tools that move and compress files keep whole seconds of their times only. */
function secondOf (file: { modified: number }): number {
  return Math.floor(file.modified / 1000)
}

function signatureOf (file: Found): string {
  return `${file.path}:${file.size}:${file.modified}`
}
