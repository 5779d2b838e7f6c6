/** The value that stands for all values past a label's budget. */
export const other = '__other__'

/** Longest label value that is kept; longer ones are cut, so that no record can make a scrape arbitrarily long. */
const maxLength = 256

/** Decides which label values may become series. Values are never evicted, so a series never changes its meaning. */
export interface Labels {
  /**
   * The value to use for `value`: itself (cleaned of what the text format cannot carry, cut to 256 characters) while
   * the pool has room, `__other__` afterwards. Each call that ends in `__other__` for lack of room counts as one overflow.
   */
  admit (pool: string, value: string): string
  /** Replacements so far, by pool; pools that never overflowed stand there with 0. */
  overflows: ReadonlyMap<string, number>
  /** Counts a replacement that another bound (the total of series) caused. */
  overflow (pool: string): void
}

/** Creates bounded pools of label values: `budgets[pool]` distinct values each, `budgets.default` for pools that it does not name. */
export function createLabels (budgets: Readonly<Record<string, number>>, pools: readonly string[]): Labels {
  const known = new Map(pools.map((pool) => [pool, new Set<string>()]))
  const overflows = new Map(pools.map((pool) => [pool, 0]))
  const overflow = (pool: string): void => { overflows.set(pool, (overflows.get(pool) ?? 0) + 1) }
  const admit = (pool: string, value: string): string => {
    const clean = cleanValue(value)
    const values = known.get(pool) ?? create(known, pool)
    if (clean === other || values.has(clean)) return clean
    if (values.size < (budgets[pool] ?? budgets.default ?? 1000)) {
      values.add(clean)
      return clean
    }
    overflow(pool)
    return other
  }
  return { admit, overflows, overflow }
}

/** Cuts long values and replaces what Prometheus' text parser refuses: NUL and unpaired surrogates. */
function cleanValue (value: string): string {
  const short = value.length > maxLength ? value.slice(0, maxLength) : value
  return /[\0\ud800-\udfff]/.test(short) ? Buffer.from(short.replaceAll('\0', '\ufffd')).toString() : short
}

function create (known: Map<string, Set<string>>, pool: string): Set<string> {
  const values = new Set<string>()
  known.set(pool, values)
  return values
}
