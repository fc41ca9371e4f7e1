import type { ParseContext } from './call.ts'
import { actionVerbs, type Concept, concepts, fillers, foreignVerbs, numberWords } from './lexicon/en.ts'
import { findNames, type NameKind } from './names.ts'
import { PhraseIndex } from './phrase-index.ts'
import { type Token, tidy } from './tidy.ts'
import { findTimes } from './time-words.ts'

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
const otherWords = new Set(
  'monday tuesday wednesday thursday friday saturday sunday tomorrow tonight morning evening noon midnight week weeks month months year years day hour hours minute minutes mark mute unmute snooze silence quiet warn bother disturb notify ping enable rotation average million percent until theme thousand spending drain usd window windows'.split(
    ' ',
  ),
)

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
  const slot = claimSlot(tokens, claim)
  const open = () => tokens.map((token, n) => (claimed[n] ? { word: '', isOrdinal: false } : token))
  const window = claimWindow(open(), claim)
  const ranges: string[] = []
  for (const time of findTimes(open(), context.now, context.timezone)) {
    ranges.push(time.range)
    claim(time.from, time.length)
  }
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
        for (const meaning of lexicon.at([words[n]!], 0)?.meanings ?? []) if (isNoun(meaning)) found.add(meaning)
    }
    if (phrase !== undefined && phrase.length > 1) at += phrase.length - 1
    else if (!claimed[at] && !known(words[at]!) && !otherWords.has(words[at]!) && tokens[at]!.number === undefined) unknown.push(words[at]!)
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
const isNoun = (meaning: Concept) => nouns.has(meaning)

/** A misspelt word becomes the one that it is near to, unless it is a name. */
function correct(token: Token, { vocabulary }: ParseContext): Token {
  const { word } = token
  if (token.number !== undefined || word.length < 5 || known(word) || otherWords.has(word) || foreignVerbs.has(word) || /\d/.test(word))
    return token
  const isName = [...vocabulary.projects, ...vocabulary.machines, ...vocabulary.models].some((name) => name.toLowerCase().includes(word))
  if (isName) return token
  const near = lexicon.near(word) ?? nearOf(word)
  return near === undefined ? token : { ...token, word: near }
}

const timeWords =
  'yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday november october december january february september august month months hours minutes window which weekly already pause resume'.split(
    ' ',
  )
const timeIndex = new PhraseIndex<true>(timeWords.map((word) => [word, true] as const))
const nearOf = (word: string) => timeIndex.near(word)

function isForeign(words: readonly string[]): boolean {
  const first = words.findIndex((word) => !fillers.has(word))
  return first >= 0 && foreignVerbs.has(words[first]!)
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

const windowNouns = 'limit limits window cap quota allowance bucket percentage percent budget ceiling usage plan wall'.split(' ')

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
