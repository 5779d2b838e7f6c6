/** Lists with an entry for each upstream that was tried, as NGINX writes them: `502, 200`, and `200 : 200` after an internal redirect. */

/** The last entry: that of the upstream whose answer counts; '' for `-`. */
export function lastOfList (list: string): string {
  const at = Math.max(list.lastIndexOf(', ') + 2, list.lastIndexOf(' : ') + 3)
  const last = at <= 2 ? list : list.slice(at)
  return last === '-' ? '' : last
}

/** How many entries there are. */
export function lengthOfList (list: string): number {
  return list === '' || list === '-' ? 0 : list.split(/, | : /).length
}
