import type { Logger } from '../../runtime/log.ts'
import { newEntry } from './checkpoint.ts'
import type { Checkpoint, Entry } from './checkpoint.ts'
import { Complaints } from './complaints.ts'
import { lengthOf } from './content.ts'
import type { Content, Stat } from './content.ts'
import { isCopy } from './copy.ts'
import { Cuts } from './cuts.ts'
import type { CutsOptions } from './cuts.ts'
import type { Flight } from './flight.ts'
import { beginningOf, compare, fingerprintLength, readHead, startsWith } from './fingerprint.ts'
import { findFiles, keyOf, signatureOf, statOne } from './rotation.ts'
import type { Found } from './rotation.ts'
import { lastLineEnd } from './lines.ts'
import { isRotationOf, Search, secondOf } from './search.ts'
import { OpenFiles } from './open-files.ts'
import { Orphans } from './orphans.ts'
import type { OrphansContext, OrphansOptions } from './orphans.ts'
import type { Tail } from './tail.ts'

export interface FileSetOptions extends OrphansOptions, CutsOptions {
  /** Absolute globs: of the logs, and of further places where rotation may have put them. */
  patterns: string[]
  rotated: string[]
  follow: boolean
  startAt: 'beginning' | 'end'
}

/** How long the folder of a generation that lost its file is searched, ms. */
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
  readonly #options: FileSetOptions
  readonly #checkpoint: Checkpoint
  readonly #flight: Flight
  readonly #log: Logger
  readonly #complaints: Complaints
  readonly #files: OpenFiles
  readonly #cuts: Cuts
  /** Files that were looked at and left alone, as they were then; looked at again when a generation loses its file. */
  readonly #examined = new Map<string, string>()
  /** Files that are not any more where they were. */
  readonly #moved: Tail[] = []
  readonly #search: Search
  readonly #orphans: Orphans
  readonly #refuse = (path: string, error: unknown): void => this.#complaints.about(path, error)
  #starting = true

  constructor (options: FileSetOptions, checkpoint: Checkpoint, flight: Flight, context: OrphansContext) {
    this.#options = options
    this.#checkpoint = checkpoint
    this.#flight = flight
    this.#log = context.log
    this.#search = new Search(options.rotated)
    this.#complaints = new Complaints(options.follow, context.log)
    this.#files = new OpenFiles(flight, this.#complaints)
    this.#cuts = new Cuts(options, checkpoint, flight, this.#files, context.log)
    this.#orphans = new Orphans(options, checkpoint, flight, context)
  }

  /** Looks at the disk once: notices growth, renames, truncations and new files. Returns how many files the globs lead to. */
  async refresh (): Promise<number> {
    this.#complaints.startRound()
    const found = await findFiles(this.#options.patterns, this.#refuse)
    const places = new Map(found.map((file) => [keyOf(file), file]))
    for (const tail of [...this.tails]) await this.#look(tail, places.get(keyOf(tail.stat)))
    const { orphans, isNew } = this.#orphans.find(this.tails, found)
    if (isNew) this.#examined.clear()
    const open = [...found, ...await this.#besides(orphans)].filter((file) => this.#isOpen(file))
    await this.#adopt(orphans, open)
    const missed = await this.#missedSince(this.#moved.splice(0))
    for (const file of [...found, ...missed]) if (this.#isOpen(file)) await this.#begin(file)
    this.#orphans.giveUp(orphans, this.tails, (path) => this.#complaints.covers(path))
    this.#orphans.forget(this.tails)
    this.#complaints.endRound()
    this.#starting = false
    return found.length
  }

  /** The files that are being read. */
  get tails (): Tail[] {
    return this.#files.tails
  }

  /** How many files cannot be read at the moment. */
  get unreadable (): number {
    return this.#complaints.count
  }

  /** True for a file that the system refused to read a moment ago. */
  isResting (tail: Tail): boolean {
    return this.#files.isResting(tail)
  }

  /** Notes that the system refuses to read a file; throws what is no error of the system. */
  refuse (tail: Tail, error: unknown): void {
    this.#files.refuse(tail, error)
  }

  /** Ends the reading of a file: everything of it was handed out. */
  retire (tail: Tail): Promise<void> {
    this.#orphans.endCopy(tail)
    return this.#files.retire(tail)
  }

  /** Ends the reading of a file that was cut off: what was left of pending ranges was handed out. */
  endCut (tail: Tail): Promise<void> {
    return this.#files.endCut(tail)
  }

  async close (): Promise<void> {
    for (const tail of [...this.tails]) await this.#files.close(tail)
  }

  async #look (tail: Tail, place: Found | undefined): Promise<void> {
    if (tail.failure !== undefined) this.#refuse(tail.path, tail.failure.error)
    if (this.#files.isResting(tail)) return
    try {
      if (tail.failure !== undefined) await this.#files.retry(tail)
      if (this.#files.reads(tail.entry)) await this.#lookAt(tail, place, await tail.content.stat())
    } catch (error) {
      this.#files.refuse(tail, error)
      await this.#files.retry(tail)
    }
  }

  async #lookAt (tail: Tail, place: Found | undefined, stat: Stat): Promise<void> {
    const isTimeVague = tail.entry.seen - tail.stat.modified < tickMs
    const changed = stat.size !== tail.stat.size || stat.modified !== tail.stat.modified
    const attached = place !== undefined || (tail.attached && await this.#isHidden(tail))
    if (changed || tail.attached !== attached) tail.changedAt = Date.now()
    if (tail.attached && !attached) this.#moved.push(tail)
    tail.attached = attached
    tail.path = place?.path ?? tail.path
    tail.stat = stat
    tail.entry.seen = Date.now()
    if (tail.limit !== undefined) return
    const isCut = !tail.content.gzip &&
      (stat.size < tail.position || ((changed || isTimeVague) && await this.#isRewritten(tail)))
    if (isCut) return this.lose(tail)
    tail.entry.size = stat.size
    if (tail.content.ending === 'broken' && stat.size !== tail.openedSize && Date.now() - tail.changedAt >= restMs) await this.#files.reopen(tail)
  }

  /** True when a file that no pattern leads to may still be where it was: its folder cannot be listed, or looked into. */
  async #isHidden (tail: Tail): Promise<boolean> {
    let refused = false
    const found = await statOne(tail.path, (path, error) => {
      refused = true
      this.#refuse(path, error)
    })
    return refused || (found !== undefined && keyOf(found) === keyOf(tail.stat) && this.#complaints.covers(tail.path))
  }

  /** A file that was truncated and written again to the very length that was read of it: nothing new to read would tell. */
  async #isRewritten ({ content, entry, position, stat }: Tail): Promise<boolean> {
    return stat.size === position && !startsWith(await readHead(content), entry.head)
  }

  /** The file lost its content, or the end of it: it is read on, or its generation is looked for elsewhere. */
  async lose (tail: Tail): Promise<void> {
    if (await this.#cuts.readOn(tail)) return
    await this.#files.abandon(tail)
    this.#examined.clear()
  }

  /** Files that may be those of orphans with unread content. */
  async #besides (orphans: Entry[]): Promise<Found[]> {
    const isSought = (entry: Entry): boolean => this.#orphans.isUnread(entry) && (this.#starting || Date.now() - entry.seen < searchMs)
    return this.#search.find(orphans.filter(isSought))
  }

  /** Files with rotated names that are newer than one that was moved away: rotated while nobody looked. */
  async #missedSince (moved: Tail[]): Promise<Found[]> {
    return (await Promise.all(moved.map((tail) => this.#search.rotatedSince(tail.entry, secondOf(tail.stat))))).flat()
  }

  /** True for a file that nobody reads. One without content may yet become anything, also a gzip'd one. */
  #isOpen (file: Found): boolean {
    return file.size > 0 && this.#examined.get(keyOf(file)) !== signatureOf(file) &&
      !this.#files.holds(file) &&
      !this.#checkpoint.entries.some((entry) => this.#orphans.isDoneIn(entry, file))
  }

  /** Finds the files of orphans: by inode first, then by content. */
  async #adopt (orphans: Entry[], files: Found[]): Promise<void> {
    const byInode = (entry: Entry, file: Found): boolean => entry.ino === file.ino
    const byName = (entry: Entry, file: Found): boolean =>
      isRotationOf(entry, file) || (this.#starting && entry.path === file.path)
    for (const mayBe of [byInode, byName]) {
      for (const entry of orphans) {
        if (this.#files.reads(entry)) continue
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

  #continue (entry: Entry, file: Found): Promise<Tail | undefined> {
    return this.#files.open(file.path, async (content) => {
      const tail = await compare(content, this.#flight.reachOf(entry)) === 'continues'
        ? await this.#continueWhole(content, entry, file)
        : await this.#cuts.resume(content, entry, file)
      if (tail?.content !== content || !this.#files.reads(entry)) await content.close()
      return tail
    })
  }

  async #continueWhole (content: Content, entry: Entry, file: Found): Promise<Tail> {
    const reach = this.#flight.redoOf(entry).at(-1)?.to ?? 0
    if (reach > 0 && await content.read(Buffer.alloc(1), reach - 1) === 0) {
      const tail = await this.#cuts.resume(content, entry, file)
      if (tail !== undefined) return tail
      this.#log.warn({ path: file.path, from: entry.offset, to: reach }, 'the file ends before a range that was already read; its rest is read again')
      this.#flight.dropRedo(entry)
    }
    return this.#files.add(content, file, entry, true)
  }

  async #begin (file: Found): Promise<void> {
    const first = this.#starting && this.#checkpoint.fresh
    await this.#files.open(file.path, async (content) => {
      if (!first && await isCopy(content, file.path, this.#checkpoint.entries, this.tails)) {
        this.#examined.set(keyOf(file), signatureOf(file))
        return content.close()
      }
      await this.#beginIn(content, file, first && this.#options.startAt === 'end')
    })
  }

  /**
   * What led to a file may be forgotten before anything of it is handed out: a later run finds it by its entry. The
   * beginning of a line could be that of any file, and matters only when it is to be skipped.
   */
  async #beginIn (content: Content, file: Found, skipped: boolean): Promise<void> {
    const entry = newEntry(file.path, file)
    const head = await readHead(content)
    const known = head.length > 0 && (skipped || head.length >= fingerprintLength || head.includes(LF))
    if (known) Object.assign(entry, beginningOf(head))
    if (known && skipped) entry.offset = content.gzip ? await lengthOf(content) : await lastLineEnd(content, (await content.stat()).size)
    await this.#files.add(content, file, entry, known)
    if (known) this.#checkpoint.entries.push(entry)
  }
}
