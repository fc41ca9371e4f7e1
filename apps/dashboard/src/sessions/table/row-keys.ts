/**
 * Keys of the rendered lines. Each line keeps its own. After a jump to where none of the lines before is, their elements show the new
 * ones, in the same order: making new elements takes several times as long.
 * @param before the keys by the ids of the lines that were rendered last, in order
 */
export function nextKeys(before: ReadonlyMap<string, number>, ids: readonly string[]): ReadonlyMap<string, number> {
  let free = Math.max(-1, ...before.values()) + 1
  if (ids.some((id) => before.has(id))) return new Map(ids.map((id) => [id, before.get(id) ?? free++]))
  const known = [...before.values()]
  return new Map(ids.map((id, nth) => [id, known[nth] ?? free++]))
}
