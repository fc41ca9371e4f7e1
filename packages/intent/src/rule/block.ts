import { call, has, type Rule, says } from '../rule.ts'

/** The 5-hour block that is open, and its burn rate. */
export const block: Rule = (question) => {
  if (
    / (?:what (?:exactly )?(?:is|are) an? |exactly|mean|means|meaning|meant|call an?|define|definition|explain) /.test(question.text) &&
    question.tokens.length < 9
  )
    return undefined
  if (has(question, 'most', 'why', 'compare') || question.names.project !== undefined || question.names.session !== undefined)
    return undefined
  const isNow = question.ranges.length === 0 && says(question, 'now', 'at the moment', 'currently', 'right now', 'per hour')
  const isRate = has(question, 'by_hour') && has(question, 'cost', 'token') && isNow
  const isHour = isNow && / (?:an|one|each|every) hour /.test(question.text) && has(question, 'cost', 'token')
  const isFast = says(question, 'how fast', 'how quickly', 'speed') && has(question, 'token', 'cost', 'block')
  if (!isRate && !isHour && !isFast && !(has(question, 'block') && question.ranges.length === 0)) return undefined
  return call('block_now')
}
