import { lastSegment } from '@signalbox/usage/name-form'
import type { Vocabulary } from './call.ts'
import { isNearWord } from './near-word.ts'
import type { Token } from './tidy.ts'

export type NameKind = 'project' | 'machine' | 'model' | 'session'
export interface FoundName {
  readonly kind: NameKind
  readonly value: string
  readonly from: number
  readonly length: number
}

/** The families that a plan knows, also where no call of them has arrived. */
const families = ['opus', 'sonnet', 'haiku', 'fable']
/** The longest name that is looked for, in words. */
const MAX_WORDS = 6
const MIN_PART = 4

interface Known {
  readonly words: readonly string[]
  readonly kind: NameKind
  readonly value: string
}

/** The names in a question, each word in one of them at most. A name that is an everyday word counts only after what it is. */
export function findNames(tokens: readonly Token[], vocabulary: Vocabulary, isEveryday: (word: string) => boolean): FoundName[] {
  const known = knownNames(vocabulary)
  const found: FoundName[] = []
  for (let from = 0; from < tokens.length; ) {
    const name = sessionAt(tokens, from, vocabulary) ?? nameAt(tokens, from, known, isEveryday)
    if (name !== undefined) found.push(name)
    from += name?.length ?? 1
  }
  return found
}

const cache = new WeakMap<Vocabulary, Map<string, Known[]>>()

function knownNames(vocabulary: Vocabulary): Map<string, Known[]> {
  const before = cache.get(vocabulary)
  if (before !== undefined) return before
  const all = new Map<string, Known[]>()
  const add = (text: string, kind: NameKind, value: string) => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
    const [first] = words
    if (first === undefined || words.length > MAX_WORDS) return
    const key = first[0]!
    const list = all.get(key) ?? []
    if (!list.some((one) => one.kind === kind && one.value === value && one.words.join() === words.join()))
      list.push({ words, kind, value })
    all.set(key, list)
  }
  for (const id of vocabulary.projects) add(lastSegment(id), 'project', lastSegment(id))
  for (const id of vocabulary.machines) add(id, 'machine', id)
  for (const family of families) add(family, 'model', family)
  for (const id of vocabulary.models) {
    add(id, 'model', id)
    const plain = id.replace(/^claude-/, '')
    add(plain, 'model', id)
    const family = /^[a-z]{3,}/i.exec(plain)?.[0].toLowerCase()
    if (family !== undefined && !families.includes(family)) add(family, 'model', family)
  }
  addParts(vocabulary, add)
  for (const list of all.values()) list.sort((a, b) => b.words.length - a.words.length)
  cache.set(vocabulary, all)
  return all
}

/** A word that only one name has, as `firmware` of `signal-firmware`, names it. */
function addParts({ projects, machines }: Vocabulary, add: (text: string, kind: NameKind, value: string) => void): void {
  const owners = new Map<string, Set<string>>()
  const kinds = new Map<string, NameKind>()
  const collect = (name: string, kind: NameKind) => {
    const parts = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
    if (parts.length < 2) return
    for (const part of parts) {
      if (!/^\p{L}+$/u.test(part) || (part.length < MIN_PART && !(kind === 'machine' && part === parts[0] && part.length === 3))) continue
      owners.set(part, (owners.get(part) ?? new Set()).add(name))
      kinds.set(part, kind)
    }
  }
  for (const id of projects) collect(lastSegment(id), 'project')
  for (const id of machines) collect(id, 'machine')
  for (const [part, names] of owners) if (names.size === 1) add(part, kinds.get(part)!, [...names][0]!)
}

const kindWords: Readonly<Record<string, NameKind>> = {
  project: 'project',
  repo: 'project',
  repository: 'project',
  machine: 'machine',
  host: 'machine',
  box: 'machine',
  server: 'machine',
  model: 'model',
  session: 'session',
}

function nameAt(
  tokens: readonly Token[],
  from: number,
  known: Map<string, Known[]>,
  isEveryday: (word: string) => boolean,
): FoundName | undefined {
  const token = tokens[from]!
  const kindBefore = from > 0 ? kindWords[tokens[from - 1]!.word] : undefined
  const lists = [token.word[0]!, ...(token.number === undefined ? [] : [String(token.number)[0]!])].flatMap((key) => known.get(key) ?? [])
  for (const { words, kind, value } of lists) {
    const length = matchWords(tokens, from, words)
    if (length === 0) continue
    // `box-1` is no everyday word, though a box is one.
    const isNumbered = kind === 'machine' && words.length > 1 && words.some((word) => /^\d+$/.test(word))
    const isPlain = !isNumbered && tokens.slice(from, from + length).every(({ word }) => isEveryday(word))
    if (isPlain && kindBefore !== kind) continue
    return { kind, value, from, length }
  }
  return undefined
}

/** How many tokens are this name: written in its words, as one word, or with one mistake. */
function matchWords(tokens: readonly Token[], from: number, words: readonly string[]): number {
  if (words.every((word, n) => isSame(tokens[from + n], word))) return words.length
  const joined = words.join('')
  if (tokens[from]!.word === joined) return 1
  if (words.length > 1) {
    const written = tokens.slice(from, from + words.length).map(({ word }) => word)
    const wrong = words.filter((word, n) => !isSame(tokens[from + n], word))
    const at = words.findIndex((word, n) => !isSame(tokens[from + n], word))
    // Machines differ by their numbers: `rack-3` is no misspelt `rack-1`.
    if (
      written.length === words.length &&
      wrong.length === 1 &&
      !/\d/.test(wrong[0]! + written[at]!) &&
      isNearWord(written[at]!, words[at]!)
    )
      return words.length
  }
  return !/\d/.test(tokens[from]!.word + joined) && isNearWord(tokens[from]!.word, joined) ? 1 : 0
}

function isSame(token: Token | undefined, word: string): boolean {
  if (token === undefined) return false
  return token.word === word || token.word === `${word}s` || (token.number !== undefined && String(token.number) === word)
}

function sessionAt(tokens: readonly Token[], from: number, { sessions }: Vocabulary): FoundName | undefined {
  const { word } = tokens[from]!
  const isId = /^[0-9a-f]{6,}(?:-[0-9a-f-]+)?$/.test(word) && /\d/.test(word) && /[a-f]/.test(word)
  const isKnown = /^[0-9a-f-]{4,}$/.test(word) && /\d/.test(word) && sessions.some((id) => id.startsWith(word))
  return isId || isKnown ? { kind: 'session', value: word, from, length: 1 } : undefined
}
