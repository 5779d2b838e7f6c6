import { readdirSync, readFileSync } from 'node:fs'

/** The process's own figures, by the names that Prometheus' client libraries give them. */
export function processFigures (): Record<ProcessMetric, number> {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    process_cpu_seconds_total: (user + system) / 1e6,
    process_resident_memory_bytes: rss,
    process_heap_bytes: heapUsed,
    process_start_time_seconds: started,
    process_open_fds: readOpen(),
    process_max_fds: maxOpen,
  }
}

type ProcessMetric = `process_${'cpu_seconds_total' | 'resident_memory_bytes' | 'heap_bytes' | 'start_time_seconds' | 'open_fds' | 'max_fds'}`

const started = Math.round(Date.now() - process.uptime() * 1000) / 1000
const maxOpen = readMaxOpen()

/** Linux has a folder with an entry for each; elsewhere 0. */
function readOpen (): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}

function readMaxOpen (): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
