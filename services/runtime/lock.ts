import { readFileSync, writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { GatelensError, messageOf, systemCode } from './errors.ts'

const holderSchema = z.object({ pid: z.number().int().positive(), started: z.string() })
type Holder = z.output<typeof holderSchema>

export interface FolderLock { release (): void }

/**
 * Marks a folder as ours in `<name>.pid`, and throws FOLDER_LOCKED, naming the process, when a living process holds it.
 * The mark of a process that was killed is taken over.
 */
export function lockFolder (folder: string, name: string): FolderLock {
  const path = join(folder, `${name}.pid`)
  const holder = readHolder(path)
  if (holder !== undefined && startOf(holder.pid) === holder.started) throw folderLocked(folder, holder.pid)
  rmSync(path, { force: true })
  writeMark(path, folder)
  return { release: () => { if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true }) } }
}

/** The error for a folder that another process has. */
export function folderLocked (folder: string, pid: number): GatelensError {
  return new GatelensError('FOLDER_LOCKED', `the folder is in use by process ${pid}`, { where: folder })
}

/** Fails when another process was faster. */
function writeMark (path: string, folder: string): void {
  try {
    writeFileSync(path, `${JSON.stringify({ pid: process.pid, started: startOf(process.pid) })}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const holder = systemCode(error) === 'EEXIST' ? readHolder(path) : undefined
    if (holder !== undefined) throw folderLocked(folder, holder.pid)
    throw new GatelensError('FOLDER_UNUSABLE', `cannot mark the folder as in use: ${messageOf(error)}`, { where: folder, cause: error })
  }
}

/** True while a process with this id runs, whoever owns it. */
export function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

function readHolder (path: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    return undefined
  }
}

/** When the process began, so that a recycled pid is not taken for the holder; '' when there is no such process. */
function startOf (pid: number): string {
  if (!isAlive(pid)) return ''
  try {
    // Field 22 of proc(5) stat; the second field may hold spaces, so counting starts after its closing parenthesis.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'alive'
  } catch {
    return 'alive'
  }
}
