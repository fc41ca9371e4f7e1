import type { ParseContext } from './call.ts'
import { examples } from './example.ts'
import { fillers } from './lexicon/en.ts'
import { type Question, readQuestion } from './question.ts'

const COUNT = 3
/** A named thing that an example asks about is worth more than a word. */
const NAME_WEIGHT = 3

interface Prepared {
  readonly text: string
  readonly places: readonly string[]
  readonly features: ReadonlySet<string>
}

let prepared: { list: readonly Prepared[]; weight: ReadonlyMap<string, number> } | undefined

/** The questions of the bank that are nearest, filled with what was named. Where nothing is near, three that help anyone. */
export function suggest(question: Question, context: ParseContext): string[] {
  prepared ??= prepare(context)
  const { list, weight } = prepared
  const asked = featuresOf(question)
  const named: Record<string, string | undefined> = { ...question.names, range: rangeWords(question.ranges[0]) }
  const scored = list
    .flatMap(({ text, places, features }) => {
      if (places.some((place) => place !== 'range' && named[place] === undefined)) return []
      let score = 0
      for (const feature of features) if (asked.has(feature)) score += weight.get(feature)!
      for (const place of places) if (named[place] !== undefined) score += NAME_WEIGHT
      return [{ text: fill(text, named), score: score / Math.sqrt(features.size + 3) }]
    })
    .filter(({ score }) => score > 0.3)
    .sort((a, b) => b.score - a.score)
  return [
    ...new Set([...scored.map(({ text }) => text), 'what can I ask you?', 'how much of my plan is used?', 'what did I spend today?']),
  ].slice(0, COUNT)
}

function fill(text: string, named: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\{(\w+)\}/g, (_, place: string) => named[place] ?? (place === 'range' ? 'today' : ''))
}

function prepare(context: ParseContext) {
  const list = examples.map((text) => {
    const places = [...text.matchAll(/\{(\w+)\}/g)].map(([, place]) => place!)
    const plain = text.replace(/\{range\}/g, 'today').replace(/\{\w+\}/g, '')
    return { text, places, features: featuresOf(readQuestion(plain, { ...context, vocabulary: noNames })) }
  })
  const weight = new Map<string, number>()
  for (const { features } of list) for (const feature of features) weight.set(feature, (weight.get(feature) ?? 0) + 1)
  for (const [feature, count] of weight) weight.set(feature, Math.log(list.length / count))
  return { list, weight }
}

const noNames = { projects: [], machines: [], models: [], sessions: [] }

function featuresOf({ tokens, concepts, window }: Question): Set<string> {
  const features = new Set<string>(concepts)
  for (const { word } of tokens) if (!fillers.has(word)) features.add(`=${word.replace(/s$/, '')}`)
  if (window !== undefined) features.add(`window ${window}`)
  return features
}

/** A span as a person says it, for a question that can be asked as it stands. */
function rangeWords(range: string | undefined): string | undefined {
  const last = /^last_(\d+)([mhd])$/.exec(range ?? '')
  if (last !== null) return `in the last ${last[1]} ${{ m: 'minutes', h: 'hours', d: 'days' }[last[2] as 'm' | 'h' | 'd']}`
  return range?.replace('..', ' to ').replaceAll('_', ' ')
}
