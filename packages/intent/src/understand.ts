import type { Call, ParseContext } from './call.ts'
import { followUp } from './follow-up.ts'
import type { Question } from './question.ts'
import { isOrder, isUnknownVerb } from './rule/order.ts'
import { has } from './rule.ts'
import { actionRules, readRules } from './rule-list.ts'

/** The call that a question asks for, by the first rule that has one. */
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
    if (call !== undefined && moving.test(question.text) && !movable.has(call.tool)) return undefined
    if (call !== undefined) return isGrounded(question, call) ? { call, isAction: false } : undefined
  }
  return undefined
}

/** Of a sentence that begins so, only what moves the page or asks for new limits is ours. */
const moving =
  /^ (?:(?:please|just|now|ok|okay|hey|hi|so|then|can you|could you|would you|will you|and) )*(?:take|set|put|mark|bring|switch|turn|move|drain|make|flag) /
const movable = new Set(['navigate', 'look_set', 'limits_refresh', 'help'])

/** What the rules make of a question that is not grounded: good enough to be offered, not to be answered. */
export function guess(question: Question, context: ParseContext): Call | undefined {
  for (const rule of readRules) {
    const call = rule(question, context)
    if (call !== undefined) return call
  }
  return undefined
}

/** Where an argument stands. */
const before = [
  / (?:of the|in the|at the|per|by|each|every|last|past|in|at) (\S+)(?= )/g,
  / (\S+)(?= (?:limits?|windows?|hours?|days?|weeks?|months?|quota|sessions?|tasks?|block) )/g,
]

/** `cost per glorp`, `the glorp limit`, `which tasks are glorp`: the word would have been an argument, and without it the answer is another. */
export function isUnknownArgument({ text, unknown }: Question, { tool, arguments: args }: Call): boolean {
  const isDefault =
    (tool === 'sessions_list' && (args.state === undefined || args.state === 'active')) ||
    (tool === 'tasks_list' && args.status === undefined) ||
    (tool === 'machines_list' && args.state === undefined) ||
    (tool === 'session_show' && args.about === undefined) ||
    (tool === 'events_list' && args.range === 'last_24h')
  return isDefault || before.some((pattern) => [...text.matchAll(pattern)].some(([, word]) => unknown.includes(word!)))
}

/** A word that means nothing here makes an answer doubtful, unless the question names a thing of ours or a span of time. */
function isGrounded(question: Question, call: Call): boolean {
  const { tool } = call
  const { unknown, ranges, nameCount, window } = question
  if (unknown.length === 0 || tool === 'look_set' || (tool === 'events_list' && has(question, 'miss'))) return true
  if (isUnknownVerb(question) || isUnknownArgument(question, call)) return false
  if (unknown.length > 2 && nameCount === 0 && window === undefined) return false
  if (nameCount > 0 || window !== undefined) return true
  const isOurs =
    has(question, 'session', 'task', 'limit', 'collector', 'slot', 'token', 'block') ||
    (has(question, 'machine') && tool === 'machines_list')
  return unknown.length === 1
    ? isOurs || (ranges.length > 0 && has(question, 'cost', 'event', 'failed', 'completed'))
    : isOurs && ranges.length > 0
}
