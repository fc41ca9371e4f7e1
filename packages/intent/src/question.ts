import type { ParseContext } from './call.ts'
import { actionVerbs, type Concept, concepts, fillers, foreignVerbs, numberWords, oftenMistyped, ruleWords } from './lexicon/en.ts'
import { findNames, type NameKind } from './names.ts'
import { PhraseIndex } from './phrase-index.ts'
import { type Token, tidy } from './tidy.ts'
import { findTimes, spanWords } from './time-words.ts'

/** A question with what was found in it. The rules ask this and nothing else. */
export interface Question {
  readonly tokens: readonly Token[]
  /** ` all words with a space around each `, for phrases of a rule's own. */
  readonly text: string
  readonly concepts: ReadonlySet<Concept>
  readonly names: Readonly<Partial<Record<NameKind, string>>>
  /** How many names of each kind; an action needs exactly one target. */
  readonly nameCount: number
  readonly slot: number | undefined
  readonly ranges: readonly string[]
  /** A window of the plan that is named as one: `session`, `week` or a model. */
  readonly window: string | undefined
  readonly unknown: readonly string[]
  /** The words that are part of no name and no span. */
  readonly plain: readonly string[]
  readonly foreign: boolean
}

const lexicon = new PhraseIndex<Concept>(
  (Object.entries(concepts) as [Concept, string][]).flatMap(([concept, phrases]) =>
    [...new Set(phrases.split(', '))].map((phrase) => [phrase, concept] as const),
  ),
)
const verbs = new PhraseIndex<string>(
  Object.entries(actionVerbs).flatMap(([verb, phrases]) => phrases.split(', ').map((phrase) => [phrase, verb] as const)),
)
const known = (word: string) => lexicon.has(word) || fillers.has(word) || verbs.has(word) || Object.hasOwn(numberWords, word)
/** Words that rules look for themselves. */
const otherWords = new Set([...spanWords, ...ruleWords])

export function readQuestion(text: string, context: ParseContext): Question {
  const written = tidy(text)
  const tokens = written.map((token) => correct(token, context))
  const words = tokens.map(({ word }) => word)
  const claimed = tokens.map(() => false)
  const claim = (from: number, length: number) => claimed.fill(true, from, from + length)

  const names: Partial<Record<NameKind, string>> = {}
  let nameCount = 0
  for (const name of findNames(tokens, context.vocabulary, (word) => known(word) || otherWords.has(word))) {
    if (names[name.kind] !== name.value) nameCount++
    names[name.kind] ??= name.value
    claim(name.from, name.length)
  }
  const corrected = correctionAt(words)
  const slot = claimSlot(tokens, claim)
  const open = () => tokens.map((token, n) => (claimed[n] ? { word: '', isOrdinal: false } : token))
  const window = claimWindow(open(), claim)
  const ranges: string[] = []
  for (const time of findTimes(open(), context.now, context.timezone)) {
    // "Monday, no, I mean Tuesday": what was said before is not meant.
    if (corrected >= 0 && time.from > corrected) ranges.splice(0, ranges.length)
    ranges.push(time.range)
    claim(time.from, time.length)
  }
  const plain = words.filter((_, n) => !claimed[n])
  const found = new Set<Concept>()
  const unknown: string[] = []
  for (let at = 0; at < words.length; at++) {
    const phrase = lexicon.at(words, at)
    if (phrase !== undefined && (phrase.length > 1 || !claimed[at])) {
      for (const meaning of phrase.meanings) found.add(meaning)
      claim(at, phrase.length)
    }
    // The word itself has its meanings too: of `open tasks` it is about tasks.
    if (phrase !== undefined && phrase.length > 1) {
      for (let n = at; n < at + phrase.length; n++)
        for (const meaning of lexicon.at([words[n]!], 0)?.meanings ?? []) if (isNoun(meaning, words[n]!)) found.add(meaning)
    }
    const base =
      phrase === undefined && !claimed[at] && !known(words[at]!)
        ? basesOf(words[at]!).find((one) => lexicon.hasSingle(one) && !verbs.has(one))
        : undefined
    if (base !== undefined) for (const meaning of lexicon.at([base], 0)?.meanings ?? []) found.add(meaning)
    if (phrase !== undefined && phrase.length > 1) at += phrase.length - 1
    else if (base !== undefined) continue
    else if (!claimed[at] && !known(words[at]!) && !otherWords.has(words[at]!) && (tokens[at]!.number ?? 1000) >= 1000)
      unknown.push(words[at]!)
  }
  return {
    tokens,
    text: ` ${words.join(' ')} `,
    concepts: found,
    names,
    nameCount,
    slot,
    ranges,
    window,
    unknown,
    plain,
    foreign: isForeign(words),
  }
}

const nouns: ReadonlySet<Concept> = new Set<Concept>([
  'session',
  'task',
  'machine',
  'slot',
  'limit',
  'cost',
  'token',
  'call',
  'alert',
  'collector',
  'reading',
  'event',
])
/** Of `gone dark` no word is about money, though `gone` may be. */
const isNoun = (meaning: Concept, word: string) =>
  nouns.has(meaning) && (meaning !== 'cost' || /^(?:cost|spen|expens|money|bill|dear|pric|dollar)/.test(word))

/** A misspelt word becomes the one that it is near to, unless it is a name. */
function correct(token: Token, { vocabulary }: ParseContext): Token {
  const { word } = token
  if (
    token.number !== undefined ||
    word.length < 4 ||
    known(word) ||
    lexicon.hasWord(word) ||
    otherWords.has(word) ||
    foreignVerbs.has(word) ||
    /\d/.test(word)
  )
    return token
  const isName = [...vocabulary.projects, ...vocabulary.machines, ...vocabulary.models].some((name) => name.toLowerCase().includes(word))
  if (isName) return token
  const base = basesOf(word).find((one) => (lexicon.hasSingle(one) || fillers.has(one)) && !verbs.has(one))
  const meant = base ?? lexicon.near(word) ?? nearOf(word)
  return meant === undefined ? token : { ...token, word: meant }
}

/** What a word may be without its ending: `stalls`, `costed`, `chewing`. A verb in the past is no order, so verbs of actions keep theirs. */
function basesOf(word: string): string[] {
  const [, stem, ending] = /^(.{3,}?)(s|es|ed|ing|ly)$/.exec(word) ?? []
  if (stem === undefined) return []
  const single = /(.)\1$/.test(stem) ? [stem.slice(0, -1)] : []
  const full = ending === 'es' || ending === 'ed' || ending === 'ing' ? [`${stem}e`, stem.replace(/i$/, 'y')] : []
  return [stem, ...full, ...single, ...(ending === 'es' ? [word.slice(0, -1)] : [])]
}

const timeIndex = new PhraseIndex<true>(oftenMistyped.map((word) => [word, true] as const))
const nearOf = (word: string) => timeIndex.near(word)

function isForeign(words: readonly string[]): boolean {
  const first = words.findIndex((word) => !fillers.has(word))
  // `in order` and `the commit` are no verbs.
  return first >= 0 && foreignVerbs.has(words[first]!) && !['in', 'the', 'a', 'an', 'my'].includes(words[first - 1] ?? '')
}

const corrections = [' i mean ', ' i meant ', ' sorry i ', ' or rather ', ' make that ', ' no wait ', ' wait no ', ' scratch that ']

/** The word at which a person corrects what was said before; -1 where there is none. */
function correctionAt(words: readonly string[]): number {
  const text = ` ${words.join(' ')} `
  const at = Math.max(...corrections.map((one) => text.lastIndexOf(one)))
  return at < 0 ? -1 : text.slice(0, at).split(' ').length - 1
}

function claimSlot(tokens: readonly Token[], claim: (from: number, length: number) => void): number | undefined {
  for (let at = 0; at < tokens.length - 1; at++) {
    const next = tokens[at + 1]!
    if (tokens[at]!.word !== 'slot' || next.number === undefined) continue
    claim(at, 2)
    return next.number
  }
  return undefined
}

const windowNouns =
  'limit limits window cap quota allowance bucket percentage percent budget ceiling usage plan wall thing number one meter bar counter gauge figure allocation'.split(
    ' ',
  )

/** `five hour limit`, `session cap`, `weekly quota`. A block of five hours is no limit, and a span no window. */
function claimWindow(tokens: readonly Token[], claim: (from: number, length: number) => void): string | undefined {
  const isWindowNoun = (n: number) => windowNouns.includes(tokens[n]?.word ?? '')
  for (let at = 0; at < tokens.length; at++) {
    const { word, number } = tokens[at]!
    const next = tokens[at + 1]?.word ?? ''
    const isFive = number === 5 && (next === 'hour' || next === 'hours')
    const isSeven = number === 7 && (next === 'day' || next === 'days')
    if (isFive && tokens[at + 2]?.word !== 'block' && !['last', 'past'].includes(tokens[at - 1]?.word ?? '')) {
      claim(at, 2)
      return 'session'
    }
    if (isSeven && isWindowNoun(at + 2)) {
      claim(at, 2)
      return 'week'
    }
    if (word === 'session' && isWindowNoun(at + 1)) {
      claim(at, 1)
      return 'session'
    }
    if (['week', 'weekly', 'weeks'].includes(word) && isWindowNoun(at + 1) && next !== 'usage') {
      claim(at, 1)
      return 'week'
    }
    if (word === 'window' && !['reset', 'screen'].includes(next)) return 'session'
    if (word === 'window') return 'session'
    if (word === 'all' && (next === 'models' || next === 'model') && isWindowNoun(at + 2)) {
      claim(at, 2)
      return 'week'
    }
  }
  return undefined
}
