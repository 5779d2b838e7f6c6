/** What stands for every value of a label past its budget. */
export const other = '__other__'

/** Lets the first values of a label through and turns all later ones into `__other__`. */
export type Budget = (value: string, trusted: boolean) => string

/**
 * A budget of `size` values, of which only a tenth can be claimed by requests that nothing vouches for (no route of the
 * gateway, no endpoint): a scanner that sends random values cannot crowd out the real ones. '' is free.
 */
export function createBudget (size: number): Budget {
  const known = new Set<string>()
  let strangers = 0
  return (value, trusted) => {
    if (value === '' || known.has(value)) return value
    if (known.size >= size || (!trusted && strangers >= size / 10)) return other
    if (!trusted) strangers++
    known.add(value)
    return value
  }
}
