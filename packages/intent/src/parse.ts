import type { ParseContext, Parsed } from './call.ts'
import { readQuestion } from './question.ts'
import { suggest } from './suggest.ts'
import { understand } from './understand.ts'

/** What a question asks for, by words alone. An action is never guessed: it needs a verb, one target, and no word more. */
export function parseQuestion(text: string, context: ParseContext): Parsed {
  const question = readQuestion(text, context)
  const found = understand(question, context)
  return found === undefined
    ? { isAction: false, unknown: question.unknown, suggestions: suggest(question, context) }
    : { ...found, unknown: question.unknown, suggestions: [] }
}
