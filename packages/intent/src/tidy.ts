import { months, numberWords, spellings } from './lexicon/en.ts'

export interface Token {
  readonly word: string
  /** `3`, `three` and `3rd` as a number. */
  readonly number?: number | undefined
  /** Of `3rd` and `third`. */
  readonly isOrdinal: boolean
}

/** No question is longer; what follows is not read. */
const MAX_LENGTH = 500

/** The words of a question in one spelling: no case, no punctuation, `rack-1` as two words, dates and ids as one. */
export function tidy(question: string): Token[] {
  const text = question
    .slice(0, MAX_LENGTH)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘`´]/g, "'")
    .replace(/\bcan't\b/g, 'can not')
    .replace(/\bwon't\b/g, 'will not')
    .replace(/n't\b/g, ' not')
    .replace(/\b(what|who|where|how|that|there|it|he|she|when|why)'s\b/g, '$1 is')
    .replace(/'(m|re)\b/g, ' are')
    .replace(/'ve\b/g, ' have')
    .replace(/'ll\b/g, ' will')
    .replace(/\b(what|how|where|why|when|who)'d\b/g, '$1 did')
    .replace(/'d\b/g, ' would')
    .replace(/'s\b|s'(?=\s|$)/g, (end) => (end === "'s" ? ' ' : 's '))
    .replace(/'/g, '')
    .replace(/(\d)\s*%/g, '$1 percent ')
    .replace(/%/g, ' percent ')
    .replace(/[$€]\s*(\d+)/g, '$1 dollars ')
    .replace(/[$€]/g, ' dollars ')
    .replace(/\b(\d{4})[-/.](\d\d)[-/.](\d\d)\b/g, 'date$1x$2x$3')
    .replace(/\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g, (_, day, month, year) => `date${year}x${month.padStart(2, '0')}x${day.padStart(2, '0')}`)
    .replace(/\b(\d{1,2})\.(\d{1,2})\.(?=\s|$|[,?!])/g, (all, day, month) =>
      months[month - 1] === undefined ? all : `${day} ${months[month - 1]} `,
    )
    .replace(/\b(hour|day|week|month|model|project|repo|machine|host|session|branch)[ -]?wise\b/g, 'per $1')
    .replace(/\/\s?(?=(?:hour|hr|h|minute|min|day|d|week|wk|month|mo|model|project|repo|machine|host|session|branch)s?\b)/g, ' per ')
    .replace(/\bor so\b/g, ' ')
    // A dash between two spans, `Nov 1 - Nov 15` and `nov 1-15`; not the one in `rack-1`.
    .replace(/\s+[-–—]\s+(?=\w)|(?<=\d)\s*[–—]\s*(?=\d)|\.\.+(?=\w)/g, ' to ')
    .replace(/\b([a-z]{3,9}\.? \d{1,2})-(\d{1,2})\b/g, '$1 to $2')
    .replace(/\b(\d{1,2})-(\d{1,2})( [a-z]{3})/g, '$1 to $2$3')
    .replace(/\b(\d{1,2}):(\d\d)\b/g, 'clock$1x$2')
    .replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, (id) => id.replaceAll('-', 'ˉ'))
  const words = text.match(/[\p{L}\p{N}ˉ]+/gu) ?? []
  return joinNumbers(words.flatMap(expand)).map(toToken)
}

function expand(raw: string): string[] {
  if (raw.startsWith('date')) return [raw.replace(/^date(\d{4})x(\d\d)x(\d\d)$/, '$1-$2-$3')]
  const clock = /^clock(\d{1,2})x(\d\d)$/.exec(raw)
  if (clock !== null) return [`${clock[1]}:${clock[2]}`]
  const word = raw.replaceAll('ˉ', '-')
  const short = /^(\d+)(h|hr|hrs|d|w|m|min|mins|mo|k)$/.exec(word)
  if (short !== null) return [short[1]!, shortUnits[short[2]!]!]
  return Object.hasOwn(spellings, word) ? spellings[word]!.split(' ') : [word]
}

/** `forty five` and `twenty first` are one number each. */
function joinNumbers(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const before = joined.at(-1) ?? ''
    const tens = Object.hasOwn(numberWords, before) && /ty$/.test(before) ? numberWords[before]! : 0
    const unit = Object.hasOwn(numberWords, word) && !['a', 'an', 'few', 'couple', 'half'].includes(word) ? numberWords[word]! : 10
    const nth = ordinals.indexOf(word)
    if (tens > 0 && unit < 10) joined.splice(-1, 1, String(tens + unit))
    else if (tens > 0 && nth > 0 && nth < 10) joined.splice(-1, 1, `${tens + nth}th`)
    else joined.push(word)
  }
  return joined
}

const shortUnits: Readonly<Record<string, string>> = {
  h: 'hours',
  hr: 'hours',
  hrs: 'hours',
  d: 'days',
  w: 'weeks',
  m: 'minutes',
  min: 'minutes',
  mins: 'minutes',
  mo: 'months',
  k: 'thousand',
}

const ordinals =
  ' first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(
    ' ',
  )

function toToken(word: string): Token {
  if (/^\d{1,6}$/.test(word)) return { word, number: Number(word), isOrdinal: false }
  const ordinal = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(word)
  if (ordinal !== null) return { word, number: Number(ordinal[1]), isOrdinal: true }
  if (word === 'thirtieth') return { word, number: 30, isOrdinal: true }
  if (ordinals.includes(word)) return { word, number: ordinals.indexOf(word), isOrdinal: true }
  return { word, number: Object.hasOwn(numberWords, word) ? numberWords[word] : undefined, isOrdinal: false }
}
