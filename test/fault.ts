/** Faults of the disk for a store that a test starts: a library that makes one call on one file fail, or kills the process there. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFolder } from './built.ts'

/** The reason to skip a test, or false. */
export const needsCompiler = ['/usr/bin/gcc', '/usr/local/bin/gcc'].some((path) => existsSync(path)) ? false : 'needs gcc'

/** Which call fails: the n-th of its kind on a path that holds `match`. */
export interface Fault { call: 'rename' | 'fsync' | 'write', match: string, at: number, does: 'EIO' | 'ENOSPC' | 'kill' }

/** Compiles the library into `folder`; returns what makes the environment of a store that meets a fault, and then writes `mark`. */
export function compileFault (folder: string, mark: string): (fault: Fault) => Record<string, string> {
  const library = join(folder, 'fault.so')
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(sourceFolder(import.meta.dirname), 'fault.c'), '-ldl'])
  return ({ call, match, at, does }) => ({
    LD_PRELOAD: library, FAULT_CALLS: call, FAULT_MATCH: match, FAULT_AT: String(at), FAULT_DO: does, FAULT_MARK: mark,
  })
}
