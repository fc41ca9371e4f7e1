import type { Call, ParseContext, Parsed } from './call.ts'
import { followUp } from './follow-up.ts'
import { type Question, readQuestion } from './question.ts'
import { has } from './rule.ts'
import { actionRules, readRules } from './rule-list.ts'
import { suggest } from './suggest.ts'

/** What a question asks for, by words alone. An action is never guessed: it needs a verb, one target, and no word more. */
export function parseQuestion(text: string, context: ParseContext): Parsed {
  const question = readQuestion(text, context)
  const found = understand(question, context)
  return found === undefined
    ? { isAction: false, unknown: question.unknown, suggestions: suggest(question, context) }
    : { ...found, unknown: question.unknown, suggestions: [] }
}

/** The call alone, without suggestions. */
export function understand(question: Question, context: ParseContext): { call: Call; isAction: boolean } | undefined {
  if (question.tokens.length === 0) return undefined
  for (const rule of actionRules) {
    const call = rule(question, context)
    if (call !== undefined) return { call, isAction: true }
  }
  if (question.foreign || isOrder(question)) return undefined
  const next = context.previous && followUp(question, context.previous)
  if (next !== undefined) return { call: next, isAction: false }
  for (const rule of readRules) {
    const call = rule(question, context)
    if (call !== undefined) return isGrounded(question, call) ? { call, isAction: false } : undefined
  }
  return undefined
}

/** An order, a wish for an alert and a question whether to act are not answered with a list, where no rule of actions took them. */
function isOrder({ text }: Question): boolean {
  return (
    /^ (?:please |can you |could you |would you )*(?:pause|resume|suspend|terminate|kill|stop|restart|recover|archive|halt|unpause|end|mute|snooze|silence|mark|fail|wake) /.test(
      text,
    ) ||
    / (?:warn|alert|notify|ping) me | let me know (?:when|if|once) /.test(text) ||
    / should (?:i|we) (?:pause|resume|stop|end|kill|restart|recover|archive) /.test(text)
  )
}

/** A word that means nothing here makes an answer doubtful, unless the question names a thing of ours or a span of time. */
function isGrounded(question: Question, { tool }: Call): boolean {
  const { unknown, ranges, nameCount, window } = question
  if (unknown.length === 0) return true
  if (unknown.length > 2 && nameCount === 0 && window === undefined) return false
  if (nameCount > 0 || window !== undefined) return true
  const isOurs =
    has(question, 'session', 'task', 'limit', 'collector', 'slot', 'token', 'block') ||
    (has(question, 'machine') && tool === 'machines_list')
  return unknown.length === 1
    ? isOurs || (ranges.length > 0 && has(question, 'cost', 'event', 'failed', 'completed'))
    : isOurs && ranges.length > 0
}
