/** From so many letters on a word may have a mistake; shorter ones become another word too easily. */
const MIN_LENGTH = 5

/** Whether two words differ by one letter, or by two that changed places. The first letter is always right. */
export function isNearWord(written: string, meant: string): boolean {
  if (written === meant) return true
  if (Math.min(written.length, meant.length) < MIN_LENGTH || Math.abs(written.length - meant.length) > 1 || written[0] !== meant[0])
    return false
  let same = 0
  while (same < written.length && written[same] === meant[same]) same++
  const restOf = (text: string, skip: number) => text.slice(same + skip)
  if (written.length > meant.length) return restOf(written, 1) === restOf(meant, 0)
  if (written.length < meant.length) return restOf(written, 0) === restOf(meant, 1)
  const swapped = written[same] === meant[same + 1] && written[same + 1] === meant[same]
  // Of five letters a wrong one makes another word: `speed` is no `spend`.
  const isWrong = written.length > MIN_LENGTH && restOf(written, 1) === restOf(meant, 1)
  return isWrong || (swapped && restOf(written, 2) === restOf(meant, 2))
}
