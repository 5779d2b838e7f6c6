/**
 * What the file input promises over everything that happens to files and to the process: nothing is lost and nothing doubled, as
 * long as a range that comes again has the same content.
 */
import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { fc, runs } from '../../property.ts'
import { makeFolder, openInput } from './fixture.ts'
import type { Reading, Seen } from './fixture.ts'

/** What may happen between two reads. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), records: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('part' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compress' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), batches: fc.integer({ min: 1, max: 4 }), commit: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hold' as const), batches: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) }
)
const patienceMs = 120_000
const batch = fc.constantFrom({ records: 7 }, { records: 1000, bytes: 300 }, { records: 1000 })
const paths = fc.constantFrom(['logs/access.log'], ['logs/access.log*'])

test('the file input loses and doubles nothing over rotations, truncations, compression and restarts', async (t) => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), batch, paths, async (steps, limits, globs) => {
    const world = new World(t, { batch: limits, paths: globs })
    await world.apply({ kind: 'read', batches: 1, commit: false })
    for (const item of steps) await world.apply(item)
    await world.settle()
  }), { ...runs(15), endOnFailure: true })
})

/** Fails when nothing comes: what is lost never comes, however long one waits. */
async function before<T> (promise: Promise<T>, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => reject(new Error(describe())), patienceMs) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

class World {
  readonly #t: TestContext
  readonly #folder: string
  readonly #log: string
  readonly #settings: Record<string, unknown>
  readonly #written: string[] = []
  /** Records by range: what a sink that knows tokens would hold. */
  readonly #delivered = new Map<string, string[]>()
  #reading: Reading
  #part = ''
  #number = 0

  constructor (t: TestContext, settings: Record<string, unknown>) {
    this.#t = t
    this.#settings = settings
    this.#folder = makeFolder(t)
    mkdirSync(join(this.#folder, 'logs'))
    this.#log = join(this.#folder, 'logs', 'access.log')
    this.#append(1)
    this.#reading = openInput(t, this.#folder, settings)
  }

  async apply (item: typeof step extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
    if (item.kind === 'append') this.#append(item.records)
    else if (item.kind === 'part') this.#startRecord()
    else if (item.kind === 'rename') this.#rename()
    else if (item.kind === 'truncate') this.#copyAndTruncate()
    else if (item.kind === 'compress') this.#compress()
    else if (item.kind === 'restart') await this.#restart()
    else if (item.kind === 'hold') await this.#hold(item.batches)
    else await this.#read(item.batches, item.commit)
  }

  /** Reads to the end; then everything written is delivered exactly once, and a new run finds nothing more. */
  async settle (): Promise<void> {
    this.#append(1)
    for (let quiet = 0; quiet < 2; quiet = this.#missing() === 0 ? quiet + 1 : 0) {
      if (this.#missing() === 0) this.#append(1)
      await this.#read(1, true)
    }
    await this.#reading.stop()
    const last = openInput(this.#t, this.#folder, { ...this.#settings, follow: false })
    for (let seen = await last.next(); seen !== undefined; seen = await last.next()) this.#land(seen)
    assert.deepEqual([...this.#delivered.values()].flat().sort(), this.#written.toSorted())
  }

  #missing (): number {
    return this.#written.length - new Set([...this.#delivered.values()].flat()).size
  }

  async #read (batches: number, commit: boolean): Promise<void> {
    for (let count = 0; count < batches && this.#missing() > 0; count++) {
      const seen = await before(this.#reading.next(), () => `${this.#missing()} records of ${this.#written.length} do not come`)
      assert.ok(seen !== undefined, 'an input that follows does not end')
      this.#land(seen)
      if (commit) await this.#reading.commit()
      else return this.#restart()
    }
  }

  /** Takes batches as a pipeline does whose store does not answer: they are committed together with later ones. */
  async #hold (batches: number): Promise<void> {
    for (let count = 0; count < batches && this.#missing() > 0; count++) {
      const seen = await before(this.#reading.next(), () => `${this.#missing()} records of ${this.#written.length} do not come`)
      assert.ok(seen !== undefined, 'an input that follows does not end')
      this.#land(seen)
    }
  }

  #land ({ partition, from, to, texts, again }: Seen): void {
    const token = `${partition}:${from}-${to}`
    const before = this.#delivered.get(token)
    if (before !== undefined) assert.deepEqual(texts, before, 'a range that comes again has the same records')
    if (before !== undefined) assert.ok(again, 'a range that comes again says so')
    this.#delivered.set(token, texts)
  }

  async #restart (): Promise<void> {
    await this.#reading.stop()
    this.#reading = openInput(this.#t, this.#folder, this.#settings)
  }

  #append (records: number): void {
    this.#finishRecord()
    for (let count = 0; count < records; count++) this.#write(`record ${this.#number++} ${'x'.repeat(this.#number % 50)}`)
  }

  #write (text: string): void {
    this.#written.push(text)
    appendFileSync(this.#log, `${text}\n`)
  }

  #startRecord (): void {
    this.#finishRecord()
    this.#part = `record ${this.#number++} in`
    appendFileSync(this.#log, this.#part)
  }

  #finishRecord (): void {
    if (this.#part === '') return
    appendFileSync(this.#log, ' two parts\n')
    this.#written.push(`${this.#part} two parts`)
    this.#part = ''
  }

  #rename (): void {
    this.#finishRecord()
    this.#shift()
    if (existsSync(this.#log)) renameSync(this.#log, `${this.#log}.1`)
    this.#append(1)
  }

  #copyAndTruncate (): void {
    this.#finishRecord()
    this.#shift()
    copyFileSync(this.#log, `${this.#log}.1`)
    truncateSync(this.#log)
    this.#append(1)
  }

  /** As logrotate does: access.log.2 becomes access.log.3, access.log.1 becomes access.log.2. */
  #shift (): void {
    for (let number = 40; number > 0; number--) {
      for (const ending of ['', '.gz']) {
        const path = `${this.#log}.${number}${ending}`
        if (existsSync(path)) renameSync(path, `${this.#log}.${number + 1}${ending}`)
      }
    }
  }

  /** As gzip does: the copy has the times of the original. */
  #compress (): void {
    const path = [2, 1].map((number) => `${this.#log}.${number}`).find((item) => existsSync(item))
    if (path === undefined) return
    const { atime, mtime } = statSync(path)
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)))
    utimesSync(`${path}.gz`, atime, mtime)
    unlinkSync(path)
  }
}
