import type { Question } from '../question.ts'
import { call, has, type Rule, says } from '../rule.ts'

export const limits: Rule = (question) => {
  if (!isAboutLimits(question)) return undefined
  const window = windowOf(question)
  const range = question.ranges.find((one) => one !== 'this_week' && one !== 'last_night')
  const isPast =
    has(question, 'history') ||
    says(question, 'did i hit', 'did we hit', 'have i hit', 'was i at', 'was it at', 'were we at', 'did it', 'reached in')
  const isAhead = has(question, 'prediction') && !says(question, 'did')
  if (
    has(question, 'history') &&
    !(isAhead && range === undefined && !says(question, 'trend', 'history', 'chart', 'graph', 'plot', 'curve', 'timeline', 'over time'))
  ) {
    return call('limits_history', { window, range: range ?? (question.ranges[0] === 'this_week' ? 'this_week' : 'last_7d') })
  }
  if (isAhead) return call('limits_forecast', { window })
  if (range !== undefined && (isPast || range !== 'today')) return call('limits_history', { window, range })
  return call('limits_now', { window })
}

function isAboutLimits(question: Question): boolean {
  if (question.names.project !== undefined || question.names.machine !== undefined || question.names.session !== undefined) return false
  const isMoney = has(question, 'price', 'token', 'call') || says(question, 'cost', 'costs', 'spend', 'spent', 'money', 'expensive', 'bill')
  if (has(question, 'alert')) return false
  if (question.window !== undefined) return !isMoney || has(question, 'limit')
  if (has(question, 'task', 'machine', 'slot', 'collector', 'block', 'completed', 'failed', 'person') && !has(question, 'limit'))
    return false
  if (has(question, 'limit')) return !isMoney
  const isWeek = question.ranges.includes('this_week') || says(question, 'week', 'weekly')
  const asksRest = has(question, 'remaining', 'prediction')
  if (isMoney) return false
  if (question.names.model !== undefined && asksRest && !has(question, 'compare', 'why')) return true
  if (isWeek && asksRest && !has(question, 'compare', 'why')) return true
  if (
    has(question, 'session') &&
    asksRest &&
    !has(question, 'person', 'stalled') &&
    !says(question, 'sessions') &&
    says(question, 'reset', 'resets', 'cut off', 'at this rate', 'last', 'run out', 'left')
  )
    return true
  return asksRest && question.ranges.length === 0 && question.unknown.length === 0 && isBare(question)
}

/** "will it be enough": of nothing else, so of the plan. */
function isBare(question: Question): boolean {
  return (
    !has(question, 'session', 'cost', 'by_project', 'why', 'compare', 'event', 'progress', 'free', 'hub', 'how_to') &&
    (has(question, 'prediction') || says(question, 'left', 'remaining', 'used', 'reset', 'resets', 'where do i stand', 'quota'))
  )
}

function windowOf(question: Question): string | undefined {
  if (question.names.model !== undefined) return question.names.model
  if (question.window !== undefined) return question.window
  if (question.ranges.includes('this_week') || / (?:week|weekly|7 days?|seven days?) /.test(question.text))
    return question.ranges.some((range) => range === 'last_7d' || range === 'last_week') ? undefined : 'week'
  if (has(question, 'session') && !says(question, 'sessions')) return 'session'
  return undefined
}
