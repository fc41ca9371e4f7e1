import { call, has, type Rule, says } from '../rule.ts'

/** The 5-hour block that is open, and its burn rate. */
export const block: Rule = (question) => {
  if (
    has(question, 'what_is') &&
    question.text.split(' ').length < 9 &&
    !says(question, 'my burn rate', 'cost', 'current', 'now', 'what is the burn rate now') &&
    says(question, 'what is a', 'what is the', 'exactly', 'mean', 'means', 'define')
  )
    return undefined
  if (has(question, 'most', 'why', 'compare') || question.names.project !== undefined || question.names.session !== undefined)
    return undefined
  const isNow = question.ranges.length === 0 && says(question, 'now', 'at the moment', 'currently', 'right now', 'per hour')
  const isRate = has(question, 'by_hour') && has(question, 'cost', 'token') && isNow
  const isFast = says(question, 'how fast', 'how quickly', 'speed') && has(question, 'token', 'cost', 'block')
  if (!isRate && !isFast && !(has(question, 'block') && question.ranges.length === 0)) return undefined
  return call('block_now')
}
