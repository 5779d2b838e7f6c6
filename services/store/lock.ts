import { readFileSync, writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { GatelensError, systemCode } from '../runtime/errors.ts'

const holderSchema = z.object({ pid: z.number().int().positive(), started: z.string() })
type Holder = z.output<typeof holderSchema>

export interface FolderLock { release (): void }

/**
 * Marks a data folder as ours, and throws FOLDER_LOCKED, naming the process, when a living process holds it. The mark
 * of a process that was killed is taken over. The engine locks its files as well (flock), so that two processes that
 * start at the same moment cannot both win.
 */
export function lockFolder (folder: string): FolderLock {
  const path = join(folder, 'store.pid')
  const holder = readHolder(path)
  if (holder !== undefined && startOf(holder.pid) === holder.started) throw folderLocked(folder, holder.pid)
  writeFileSync(path, `${JSON.stringify({ pid: process.pid, started: startOf(process.pid) })}\n`, { mode: 0o600 })
  return { release: () => { if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true }) } }
}

/** The error for a folder that another process serves. */
export function folderLocked (folder: string, pid: number): GatelensError {
  return new GatelensError('FOLDER_LOCKED', `the data folder is in use by process ${pid}`, { where: folder })
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
