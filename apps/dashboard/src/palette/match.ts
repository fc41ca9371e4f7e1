/** Something that the palette finds. */
export interface Findable {
  readonly name: string
  /** More words by which it is found, such as a machine or an id. */
  readonly words?: string
}

/** How well an entry fits what was typed; 0 for not at all. Every word has to be found. */
export function scoreOf({ name, words = '' }: Findable, typed: string): number {
  const wanted = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const [title, more] = [name.toLowerCase(), words.toLowerCase()]
  let total = 1
  for (const word of wanted) {
    const inTitle = scoreWord(title, word)
    // Of those that begin with it, the shortest is the nearest.
    const nearness = inTitle === 100 ? Math.round((50 * word.length) / title.length) : 0
    const score = Math.max(inTitle * 2 + nearness, scoreWord(more, word))
    if (score === 0) return 0
    total += score
  }
  return total
}

/** The entries that fit, the best first; equals stay in their order. */
export function findBest<T extends Findable>(entries: readonly T[], typed: string, most: number): T[] {
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ entry }) => entry)
}

function scoreWord(text: string, word: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 100
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1] ?? '') ? 40 : 70
  return isSubsequence(text, word) ? 10 : 0
}

/** Whether the letters of a word are in a text in their order: `tmch` in `ticket-machine`. Shorter words would be found everywhere. */
function isSubsequence(text: string, word: string): boolean {
  if (word.length < 3) return false
  let from = 0
  for (const letter of word) {
    const at = text.indexOf(letter, from)
    if (at < 0 || (from > 0 && at - from > 8)) return false
    from = at + 1
  }
  return true
}
