import type { LagWatch, Readiness } from '../contract.ts'

interface Standing {
  /** What is read and not committed: since when it should be, epoch ms. */
  under: Set<{ since: number }>
  /** How many of those are not in a spool either. */
  loose: number
  waits: boolean
  /** Since when something waits and nothing was committed, epoch ms; undefined while nothing waits. */
  still: number | undefined
}

/** Watches inputs by their ids; `clock` gives epoch ms. */
export function createLagWatch (readiness: Pick<Readiness, 'input'>, clock: () => number = Date.now): LagWatch {
  const inputs = new Map<string, Standing>()
  const standingOf = (input: string): Standing => {
    const known = inputs.get(input)
    if (known !== undefined) return known
    const standing: Standing = { under: new Set(), loose: 0, waits: false, still: undefined }
    inputs.set(input, standing)
    return standing
  }
  const settle = (standing: Standing): void => {
    standing.still = standing.waits || standing.loose > 0 ? standing.still ?? clock() : undefined
  }
  return {
    take: (input, oldest) => {
      const standing = standingOf(input)
      // A clock that is ahead must not hide that a batch waits.
      const batch = { since: Math.min(oldest, clock()) }
      let isLoose = true
      standing.under.add(batch)
      standing.loose++
      settle(standing)
      const move = (): void => {
        if (isLoose) standing.loose--
        isLoose = false
        standing.still = undefined
        settle(standing)
      }
      return {
        spooled: move,
        committed: () => {
          standing.under.delete(batch)
          move()
        },
      }
    },
    waits: (input, waiting) => { settle(Object.assign(standingOf(input), { waits: waiting })) },
    tell: () => {
      const now = clock()
      for (const [input, { under, still }] of inputs) {
        let since = still ?? now
        for (const batch of under) since = Math.min(since, batch.since)
        readiness.input(input, { lag_seconds: (now - since) / 1000, stalled_seconds: (now - (still ?? now)) / 1000 })
      }
    },
  }
}
