/**
 * Loaded into the measured process: tells, when asked, how long its main thread was held up at most since the last time (ms by the
 * clock, and of its own processor time, which other work on the machine does not lengthen), and its highest memory (bytes).
 */
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.send !== undefined) {
  let [last, used] = [performance.now(), usedMs()]
  let [stall, busy, rss] = [0, 0, 0]
  setInterval(() => {
    const [now, usedNow] = [performance.now(), usedMs()]
    stall = Math.max(stall, now - last - 1)
    busy = Math.max(busy, usedNow - used)
    ;[last, used] = [now, usedNow]
  }, 1).unref()
  setInterval(() => { rss = Math.max(rss, process.memoryUsage.rss()) }, 5).unref()
  process.on('message', () => {
    process.send({ stall, busy, rss, rssNow: process.memoryUsage.rss() })
    ;[stall, busy, rss] = [0, 0, 0]
  })
}

/** Time that the main thread has run, where the system tells (Linux). */
function usedMs () {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    return 0
  }
}
