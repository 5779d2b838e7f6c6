/** The map that stands for a key in another one; it is made when there is none. */
export function mapIn<K, L, V> (outer: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let inner = outer.get(key)
  if (inner === undefined) outer.set(key, inner = new Map())
  return inner
}
