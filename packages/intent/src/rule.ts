import type { Call, ParseContext } from './call.ts'
import type { Concept } from './lexicon/en.ts'
import type { Question } from './question.ts'

/** What one family of questions becomes; undefined where the question is of another family. */
export type Rule = (question: Question, context: ParseContext) => Call | undefined

export function has({ concepts }: Question, ...any: readonly Concept[]): boolean {
  return any.some((concept) => concepts.has(concept))
}

export function says({ text }: Question, ...phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(` ${phrase} `))
}

/** A call without the arguments that are not there. */
export function call(tool: string, args: Readonly<Record<string, unknown>> = {}): Call {
  return { tool, arguments: Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) }
}

/** The ranges that a report of usage can have. */
export function reportRange({ ranges }: Question, index = 0): string | undefined {
  return ranges.filter((range) => range !== 'last_night')[index]
}

export function measureOf(question: Question): 'tokens' | 'calls' | undefined {
  if (says(question, 'cost', 'costs', 'spend', 'price', 'expensive', 'by cost')) return undefined
  return has(question, 'token') ? 'tokens' : has(question, 'call') ? 'calls' : undefined
}

/** A question, and no order: it begins as one, after words of politeness. */
export function isAsking({ text }: Question): boolean {
  return (
    / (?:how|why|what|which|when|who|whose|where|whether|if|not|never|would happen|should) /.test(text) ||
    /^ (?:(?:hey|hi|hello|ok|okay|so|and|signalbox|please|well) )*(?:is|are|was|were|did|does|do|has|have|had|any|am|will|anything|anyone) /.test(
      text,
    )
  )
}
