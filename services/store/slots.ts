/** Who waits: a query for rows, or anything that changes the store. */
export type Lane = 'read' | 'write'

/**
 * How much runs in the engine at once. A statement holds one of libuv's four threads until it ends; one thread is left
 * to files, and reads leave one to writes, so that slow queries never stop the inserts.
 */
const limits = { total: 3, read: 2 }

export interface Slots {
  /** Runs `work` when a slot is free; each lane is served in order. */
  run<T> (lane: Lane, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing runs and nothing waits. */
  drained (): Promise<void>
}

/** Makes the slots of one engine. */
export function createSlots (): Slots {
  const running = { read: 0, write: 0 }
  const waiting: Record<Lane, Array<() => void>> = { read: [], write: [] }
  let idle: Array<() => void> = []

  const isFree = (lane: Lane): boolean => running.read + running.write < limits.total && (lane === 'write' || running.read < limits.read)
  const serve = (): void => {
    for (const lane of ['write', 'read'] as const) {
      while (waiting[lane].length > 0 && isFree(lane)) {
        running[lane]++
        waiting[lane].shift()?.()
      }
    }
    if (running.read + running.write > 0) return
    for (const resolve of idle) resolve()
    idle = []
  }
  return {
    run: async (lane, work) => {
      await new Promise<void>((resolve) => { waiting[lane].push(resolve); serve() })
      try {
        return await work()
      } finally {
        running[lane]--
        serve()
      }
    },
    drained: async () => await new Promise<void>((resolve) => { idle.push(resolve); serve() }),
  }
}
