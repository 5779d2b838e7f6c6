/** The files that a file sink has finished: `<path>.000001`, `.000002`, …, with `.gz` once they are compressed. */
import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { syncFolder } from '../../runtime/files.ts'

export interface KeepOptions {
  /** How many finished files stay; the oldest are removed. */
  keep: number
  gzip: boolean
}

/** Where the file with that number goes when it is finished. */
export function finishedPath (path: string, number: number): string {
  return `${path}.${String(number).padStart(digits, '0')}`
}

/** The numbers of the finished files, in order. */
export async function finishedNumbers (path: string): Promise<number[]> {
  return [...new Set((await finishedFiles(path)).map(({ number }) => number))]
}

/** Compresses what is not compressed yet, when that is wanted, and removes what is too old. Rejects with the system's error. */
export async function tidy (path: string, { keep, gzip }: KeepOptions): Promise<void> {
  for (const name of await namesBeside(path)) if (name.endsWith('.gz.tmp')) await rm(join(dirname(path), name), { force: true })
  const files = await finishedFiles(path)
  const kept = [...new Set(files.map(({ number }) => number))].slice(-keep)
  for (const { name, number } of files) if (!kept.includes(number)) await rm(join(dirname(path), name), { force: true })
  const plain = files.filter(({ number, isCompressed }) => kept.includes(number) && !isCompressed)
  if (gzip) for (const { name } of plain) await compress(join(dirname(path), name))
}

async function compress (path: string): Promise<void> {
  const temporary = `${path}.gz.tmp`
  await pipeline(createReadStream(path), createGzip(), createWriteStream(temporary, { mode: 0o640 }))
  const file = await open(temporary, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, `${path}.gz`)
  await syncFolder(dirname(path))
  await rm(path, { force: true })
}

interface FinishedFile { name: string, number: number, isCompressed: boolean }

async function finishedFiles (path: string): Promise<FinishedFile[]> {
  const files = (await namesBeside(path)).flatMap((name) => {
    const found = ending.exec(name.slice(basename(path).length))
    return found === null ? [] : [{ name, number: Number(found[1]), isCompressed: found[2] !== undefined }]
  })
  return files.sort((one, other) => one.number - other.number)
}

async function namesBeside (path: string): Promise<string[]> {
  return (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`))
}

const digits = 6
const ending = /^\.(\d{6,})(\.gz)?$/
