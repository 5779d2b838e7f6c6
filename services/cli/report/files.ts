import { existsSync, realpathSync } from 'node:fs'
import { SingleBar } from 'cli-progress'
import { globSync, isDynamicPattern } from 'tinyglobby'
import { GatelensError } from '../../runtime/errors.ts'
import { formatBytes } from '../terminal.ts'
import { openLog } from './records.ts'
import type { LogFile } from './records.ts'
import { say } from '../outcome.ts'

/**
 * The log files that the words name: paths, globs, `-`; `own` gives those of some words a format and framing of their own. Throws USAGE
 * without any, INPUT_UNREADABLE for what is not there.
 */
export function findLogs (words: string[], own: ReadonlyMap<string, Pick<LogFile, 'format' | 'framing'>> = new Map()): LogFile[] {
  if (words.length === 0) throw new GatelensError('USAGE', 'no log file is named', { hint: 'Give at least one file, such as: gatelens report access.ndjson; - reads standard input.' })
  return distinct(words.flatMap((word) => {
    const open = (path: string): LogFile => ({ ...openLog(path), ...own.get(word) })
    if (word === '-' || existsSync(word) || !isDynamicPattern(word)) return [open(word)]
    const found = globSync(word, { onlyFiles: true, dot: true }).sort()
    if (found.length === 0) throw new GatelensError('INPUT_UNREADABLE', 'no file matches', { where: word })
    return found.map(open)
  }))
}

/** A file that is named twice, or by a name and a glob, is read once: nobody wants its requests doubled. */
function distinct (files: LogFile[]): LogFile[] {
  const known = new Set<string>()
  return files.filter(({ path }) => {
    const file = path === '-' ? path : realpathSync(path)
    if (!known.has(file)) return known.add(file)
    say(`note: ${path} is named more than once and read once`)
    return false
  })
}

/** Starts a bar on standard error, when a person looks at it and the work is known. */
export function startBar (files: LogFile[]): { advance: (bytes: number) => void, stop: () => void } {
  const total = files.reduce((sum, file) => sum + file.size, 0)
  if (!process.stderr.isTTY || total < 8 * 1024 ** 2) return { advance: () => {}, stop: () => {} }
  const bar = new SingleBar({ format: `reading {bar} {percentage} %  of ${formatBytes(total)}  {eta_formatted} left`, hideCursor: true, clearOnComplete: true })
  const stop = endedBySignals(() => { bar.stop() })
  bar.start(total, 0)
  return { advance: (bytes) => { bar.increment(bytes) }, stop }
}

/** Has `end` run also when a signal ends the process: a terminal keeps a hidden cursor, and lines that it cuts, otherwise. */
function endedBySignals (end: () => void): () => void {
  const interrupted = (signal: NodeJS.Signals): void => {
    stop()
    // With nobody left to hear it, it ends the process as it would have.
    process.kill(process.pid, signal)
  }
  const stop = (): void => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    end()
  }
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
  return stop
}
