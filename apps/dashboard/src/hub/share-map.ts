import { replaceEqualDeep } from '@tanstack/react-query'

/** A fetched map with the known object of each entry that has not changed; the known map when none has. */
export function shareMap<K, V>(known: ReadonlyMap<K, V>, next: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  let changed = known.size !== next.size
  const shared = new Map<K, V>()
  for (const [key, value] of next) {
    const before = known.get(key)
    const kept = replaceEqualDeep(before, value)
    changed ||= kept !== before
    shared.set(key, kept)
  }
  return changed ? shared : known
}
