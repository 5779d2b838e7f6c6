import { realpath } from 'node:fs/promises'
import type { Logger } from '../../runtime/log.ts'
import { newEntry } from './checkpoint.ts'
import type { Checkpoint, Entry } from './checkpoint.ts'
import { lengthOf } from './content.ts'
import { isCopy } from './copy.ts'
import { endOfCut, entryBehind } from './cut.ts'
import type { Content, Stat } from './content.ts'
import type { Flight } from './flight.ts'
import { compare, fingerprint, fingerprintLength, readHead, startsWith } from './fingerprint.ts'
import { findFiles, keyOf, signatureOf } from './rotation.ts'
import type { Found } from './rotation.ts'
import { lastLineEnd } from './lines.ts'
import { isRotationOf, Search, secondOf } from './search.ts'
import { Opener } from './opener.ts'
import { Orphans } from './orphans.ts'
import type { OrphansContext, OrphansOptions } from './orphans.ts'
import { newTail } from './tail.ts'
import type { Tail } from './tail.ts'

export interface FileSetOptions extends OrphansOptions {
  /** Absolute globs: of the logs, and of further places where rotation may have put them. */
  patterns: string[]
  rotated: string[]
  follow: boolean
  startAt: 'beginning' | 'end'
  /** What to do with a file that was cut off and begins as before, and the longest record in it, bytes. */
  onCut: 'continue' | 'reread'
  maxBytes: number
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
  readonly #search: Search
  readonly #orphans: Orphans
  #starting = true

  constructor (options: FileSetOptions, checkpoint: Checkpoint, flight: Flight, context: OrphansContext) {
    this.#options = options
    this.#checkpoint = checkpoint
    this.#flight = flight
    this.#log = context.log
    this.#search = new Search(options.rotated)
    this.#opener = new Opener(options.follow, context.log)
    this.#orphans = new Orphans(options, checkpoint, flight, context)
  }

  /** Looks at the disk once: notices growth, renames, truncations and new files. Returns how many files the globs lead to. */
  async refresh (): Promise<number> {
    const found = await findFiles(this.#options.patterns)
    const places = new Map(found.map((file) => [keyOf(file), file]))
    for (const tail of [...this.tails]) await this.#look(tail, places.get(keyOf(tail.stat)))
    const { orphans, isNew } = this.#orphans.find(this.tails, found)
    if (isNew) this.#examined.clear()
    const open = [...found, ...await this.#besides(orphans)].filter((file) => this.#isOpen(file))
    await this.#adopt(orphans, open)
    const missed = await this.#missedSince(this.#moved.splice(0))
    for (const file of [...found, ...missed]) if (this.#isOpen(file)) await this.#begin(file)
    this.#orphans.giveUp(orphans, this.tails)
    this.#orphans.forget(this.tails)
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

  /** Ends the reading of a file that was cut off: what was left of pending ranges was handed out. */
  async endCut (tail: Tail): Promise<void> {
    await this.retire(tail)
    tail.entry.dev = tail.entry.ino = ''
  }

  /** The file is not what it was: its generation is looked for elsewhere, and a new one begins in it. */
  async #abandon (tail: Tail): Promise<void> {
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
    if (tail.limit !== undefined) return
    const isCut = !tail.content.gzip &&
      (stat.size < tail.position || ((changed || isTimeVague) && await this.#isRewritten(tail)))
    if (isCut) return this.lose(tail)
    tail.entry.size = stat.size
    if (tail.content.ending === 'broken' && stat.size !== tail.openedSize && Date.now() - tail.changedAt >= restMs) await this.#reopen(tail)
  }

  /** A file that was truncated and written again to the very length that was read of it: nothing new to read would tell. */
  async #isRewritten ({ content, entry, position, stat }: Tail): Promise<boolean> {
    return stat.size === position && !startsWith(await readHead(content), entry.head)
  }

  /** The file lost its content, or the end of it. */
  async lose (tail: Tail): Promise<void> {
    const { content, entry, path } = tail
    const stat = tail.stat = await content.stat()
    const end = await endOfCut(content, entry, stat.size, this.#options.maxBytes)
    if (end === undefined || !await this.#goOn(path, stat, entry, end)) return this.#abandon(tail)
    tail.limit = end
    if (tail.redo.length === 0) await this.endCut(tail)
  }

  /** Goes on in a file that was cut off, in a generation of its own; false when the configuration wants it to be read anew. */
  async #goOn (path: string, stat: Stat, entry: Entry, end: number): Promise<boolean> {
    const fields = { path, position: this.#flight.reachOf(entry).offset, size: stat.size }
    if (this.#options.onCut === 'reread') {
      this.#log.warn(fields, 'the file was cut off; it is read from its start, so records are stored twice (on_cut)')
      return false
    }
    const content = await this.#opener.open(path)
    if (content === undefined) return false
    const next = await entryBehind(content, path, stat, end)
    this.#checkpoint.entries.push(next)
    await this.#add(content, { ...stat, path }, next, true)
    this.#log.warn({ ...fields, from: end }, 'the file was cut off; it is read on behind what is left of the records that were read (on_cut)')
    return true
  }

  async #reopen (tail: Tail): Promise<void> {
    const content = await this.#opener.open(tail.path)
    if (content === undefined) return
    await tail.content.close()
    tail.content = content
    tail.openedSize = tail.stat.size
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
      !this.tails.some((tail) => keyOf(tail.stat) === keyOf(file)) &&
      !this.#checkpoint.entries.some((entry) => this.#orphans.isDoneIn(entry, file))
  }

  /** Finds the files of orphans: by inode first, then by content. */
  async #adopt (orphans: Entry[], files: Found[]): Promise<void> {
    const byInode = (entry: Entry, file: Found): boolean => entry.ino === file.ino
    const byName = (entry: Entry, file: Found): boolean =>
      isRotationOf(entry, file) || (this.#starting && entry.path === file.path)
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
      const tail = await this.#continueCut(content, entry, file)
      if (tail === undefined || tail.limit === undefined) await content.close()
      return tail
    }
    const reach = this.#flight.redoOf(entry).at(-1)?.to ?? 0
    if (reach > 0 && await content.read(Buffer.alloc(1), reach - 1) === 0) {
      const tail = await this.#continueCut(content, entry, file)
      if (tail !== undefined) return tail
      this.#log.warn({ path: file.path, from: entry.offset, to: reach }, 'the file ends before a range that was already read; its rest is read again')
      this.#flight.dropRedo(entry)
    }
    return this.#add(content, file, entry, true)
  }

  /** Goes on in the generation's own file, which was cut off while nobody looked. */
  async #continueCut (content: Content, entry: Entry, file: Found): Promise<Tail | undefined> {
    if (entry.done || keyOf(entry) !== keyOf(file)) return undefined
    const stat = await content.stat()
    const end = await endOfCut(content, entry, stat.size, this.#options.maxBytes)
    if (end === undefined) return undefined
    const behind = this.#checkpoint.entries.find((other) => other !== entry && !other.done && keyOf(other) === keyOf(file))
    if (!(behind === undefined ? await this.#goOn(file.path, stat, entry, end) : await this.#reopenBehind(behind, file))) return undefined
    const tail = await this.#add(content, file, entry, true)
    tail.limit = end
    if (tail.redo.length === 0) await this.endCut(tail)
    return tail
  }

  async #reopenBehind (entry: Entry, file: Found): Promise<boolean> {
    const content = await this.#opener.open(file.path)
    if (content !== undefined) await this.#add(content, file, entry, true)
    return content !== undefined
  }

  async #begin (file: Found): Promise<void> {
    const content = await this.#opener.open(file.path)
    if (content === undefined) return
    const first = this.#starting && this.#checkpoint.fresh
    if (!first && await isCopy(content, file.path, this.#checkpoint.entries, this.tails)) {
      this.#examined.set(keyOf(file), signatureOf(file))
      await content.close()
      return
    }
    const tail = await this.#add(content, file, newEntry(file.path, file), false)
    const skipped = first && this.#options.startAt === 'end'
    await this.#remember(tail, skipped)
    if (skipped && tail.known) await this.#skipToEnd(tail)
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

  async #add (content: Content, file: Pick<Found, 'path'>, entry: Entry, known: boolean): Promise<Tail> {
    const stat = await content.stat()
    const real = await realpath(file.path).catch(() => file.path)
    Object.assign(entry, { dev: stat.dev, ino: stat.ino, done: false, size: stat.size, seen: Date.now(), lost: undefined })
    if (real !== entry.path && file.path === entry.path) entry.real = real
    const tail = newTail(file.path, content, entry, stat, this.#flight.reachOf(entry).offset, this.#flight.redoOf(entry))
    tail.known = known
    this.tails.push(tail)
    return tail
  }

  async #close (tail: Tail): Promise<void> {
    this.tails.splice(this.tails.indexOf(tail), 1)
    await tail.content.close()
  }
}
