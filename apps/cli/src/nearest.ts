import { editDistance } from '@signalbox/usage/edit-distance'

/** The names that a mistyped word may have meant: the closest ones, or those that it is a part of. */
export function nearest(word: string, names: readonly string[]): readonly string[] {
  const typed = word.toLowerCase()
  if (typed.length < 2) return []
  const distances = names.map((name) => ({ name, distance: editDistance(typed, name.toLowerCase()) }))
  // A third of a word may be wrong; of a short one, one character.
  const close = distances.filter(({ distance }) => distance <= Math.max(1, Math.floor(typed.length / 3)))
  const best = Math.min(...close.map(({ distance }) => distance))
  if (close.length > 0) return close.filter(({ distance }) => distance === best).map(({ name }) => name)
  return typed.length < MIN_PART_LENGTH ? [] : names.filter((name) => name.toLowerCase().includes(typed))
}
const MIN_PART_LENGTH = 3

/** ` Did you mean active?`, with the space before it; nothing where no name is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const near = nearest(word, names)
  if (near.length === 0 || near.length > MAX_NEAR) return ''
  return ` Did you mean ${near.length === 1 ? near[0] : `${near.slice(0, -1).join(', ')} or ${near.at(-1)}`}?`
}
const MAX_NEAR = 4
