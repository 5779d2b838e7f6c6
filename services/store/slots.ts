import { StoreException } from './exception.ts'

/** Who waits: a query for rows, or anything that changes the store. */
export type Lane = 'read' | 'write'

/**
 * How much runs in the engine at once. Reads have their own bound, so that slow queries never stop the inserts, and each
 * user has one below it, so that nobody keeps the others waiting; what waits is bounded as well.
 */
export interface SlotLimits { read: number, write: number, readsOfOne: number, waitingOfOne: number }

const defaults: SlotLimits = { read: 4, write: 4, readsOfOne: 3, waitingOfOne: 200 }

export interface Slots {
  /**
   * Runs `work` when a slot is free; the users of a lane take turns. Throws 202 when too many of one wait, and ABORTED when
   * `signal` aborts before its turn.
   */
  run<T> (lane: Lane, owner: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Resolves when nothing runs and nothing waits. */
  drained (): Promise<void>
  /** True while nothing runs and nothing waits. */
  isIdle (): boolean
}

interface Waiting { owner: string, start: () => void }

/** Makes the slots of one engine. */
export function createSlots (limits: SlotLimits = defaults): Slots {
  const running = { read: 0, write: 0 }
  const readsOf = new Map<string, number>()
  const waiting: Record<Lane, Waiting[]> = { read: [], write: [] }
  let idle: Array<() => void> = []

  /** Of those whose user may have another one, the first of the user who has the fewest. */
  const next = (lane: Lane): Waiting | undefined => {
    if (running[lane] >= limits[lane]) return undefined
    if (lane === 'write') return waiting.write[0]
    const count = (item: Waiting): number => readsOf.get(item.owner) ?? 0
    const fewest = (best: Waiting | undefined, item: Waiting): Waiting => best === undefined || count(item) < count(best) ? item : best
    return waiting.read.filter((item) => count(item) < limits.readsOfOne).reduce<Waiting | undefined>(fewest, undefined)
  }
  const isIdle = (): boolean => running.read + running.write + waiting.read.length + waiting.write.length === 0
  const serve = (): void => {
    for (const lane of ['write', 'read'] as const) {
      for (let item = next(lane); item !== undefined; item = next(lane)) {
        waiting[lane].splice(waiting[lane].indexOf(item), 1)
        change(lane, item.owner, 1)
        item.start()
      }
    }
    if (!isIdle()) return
    for (const resolve of idle) resolve()
    idle = []
  }
  const change = (lane: Lane, owner: string, by: number): void => {
    running[lane] += by
    if (lane === 'write') return
    const count = (readsOf.get(owner) ?? 0) + by
    if (count === 0) readsOf.delete(owner)
    else readsOf.set(owner, count)
  }
  const admitted = async (lane: Lane, owner: string, signal: AbortSignal | undefined): Promise<void> => {
    if (waiting[lane].filter((item) => item.owner === owner).length >= limits.waitingOfOne) {
      throw new StoreException('TOO_MANY_SIMULTANEOUS_QUERIES', `Too many queries of this user are waiting: ${limits.waitingOfOne}`)
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        waiting[lane] = waiting[lane].filter((other) => other !== item)
        reject(new StoreException('ABORTED', 'The client has gone'))
        serve()
      }
      const item: Waiting = { owner, start: () => { signal?.removeEventListener('abort', giveUp); resolve() } }
      if (signal?.aborted === true) return giveUp()
      signal?.addEventListener('abort', giveUp, { once: true })
      waiting[lane].push(item)
      serve()
    })
  }
  return {
    run: async (lane, owner, work, signal) => {
      await admitted(lane, owner, signal)
      try {
        return await work()
      } finally {
        change(lane, owner, -1)
        serve()
      }
    },
    isIdle,
    drained: async () => await new Promise<void>((resolve) => { idle.push(resolve); serve() }),
  }
}
