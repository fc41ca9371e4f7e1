import { isNearWord } from './near-word.ts'

/** Finds phrases in a list of words, the longest first. */
export class PhraseIndex<Meaning> {
  readonly #byFirst = new Map<string, { words: readonly string[]; meaning: Meaning }[]>()
  readonly #singles = new Set<string>()
  /** By their first letter, which is never mistyped. */
  readonly #byLetter = new Map<string, string[]>()
  readonly #words = new Set<string>()

  constructor(table: Iterable<readonly [phrase: string, meaning: Meaning]>) {
    for (const [phrase, meaning] of table) {
      const words = phrase.split(' ')
      const first = words[0]!
      const known = this.#byFirst.get(first)
      if (known === undefined) this.#byFirst.set(first, [{ words, meaning }])
      else known.push({ words, meaning })
      if (words.length === 1 && !this.#singles.has(first)) {
        this.#singles.add(first)
        const list = this.#byLetter.get(first[0]!)
        if (list === undefined) this.#byLetter.set(first[0]!, [first])
        else list.push(first)
      }
      for (const word of words) this.#words.add(word)
    }
    for (const list of this.#byFirst.values()) list.sort((a, b) => b.words.length - a.words.length)
  }

  /** The meanings of the longest phrase that begins here. */
  at(words: readonly string[], index: number): { length: number; meanings: Meaning[] } | undefined {
    let length = 0
    const meanings: Meaning[] = []
    for (const one of this.#byFirst.get(words[index]!) ?? []) {
      if (one.words.length < length) break
      if (!one.words.every((word, n) => words[index + n] === word)) continue
      length = one.words.length
      meanings.push(one.meaning)
    }
    return length === 0 ? undefined : { length, meanings }
  }

  has(word: string): boolean {
    return this.#byFirst.has(word)
  }

  /** A phrase of this word alone. */
  hasSingle(word: string): boolean {
    return this.#singles.has(word)
  }

  /** Any word of any phrase: spelt right, though it may mean nothing alone. */
  hasWord(word: string): boolean {
    return this.#words.has(word)
  }

  /** The one known word that is meant by a misspelt one. */
  near(word: string): string | undefined {
    const found = new Set((this.#byLetter.get(word[0]!) ?? []).filter((one) => isNearWord(word, one)))
    return found.size === 1 || (found.size === 2 && isPlural([...found])) ? [...found][0] : undefined
  }
}

const isPlural = ([a, b]: string[]) => `${a}s` === b || `${b}s` === a
