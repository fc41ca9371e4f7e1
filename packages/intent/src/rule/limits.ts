import type { Question } from '../question.ts'
import { call, has, type Rule, says } from '../rule.ts'

export const limits: Rule = (question) => {
  if (!isAboutLimits(question)) return undefined
  const window = windowOf(question)
  const isRecent = says(question, 'recently', 'lately')
  const range = question.ranges.find((one) => one !== 'this_week' && one !== 'last_night' && !(one === 'all' && isRecent))
  const { text } = question
  const isPast =
    has(question, 'history') ||
    says(question, 'did i hit', 'did we hit', 'have i hit', 'was i at', 'was it at', 'were we at', 'did it', 'reached in')
  const isReset = resets.test(text)
  const isAhead = (has(question, 'prediction') || ahead.test(text)) && (!isReset || hard.test(text)) && !says(question, 'did')
  const isShown = shown.test(text)
  const wasHit = hit.test(text) && !ahead.test(text) && !(range === undefined && says(question, 'already', 'yet'))
  const isNow = range === undefined && says(question, 'already', 'yet') && !isShown
  if (isShown || wasHit || (has(question, 'history') && !isNow && !(isAhead && range === undefined))) {
    // "did I hit a limit this week": the week is the span, and no window.
    const isWeek = range === undefined && question.ranges[0] === 'this_week'
    return call('limits_history', {
      window: isWeek && window === 'week' ? question.window : window,
      range: range ?? (isWeek ? 'this_week' : 'last_7d'),
    })
  }
  if (isAhead) return call('limits_forecast', { window })
  if (range !== undefined && (isPast || range !== 'today')) return call('limits_history', { window, range })
  return call('limits_now', { window })
}

const ahead =
  / (?:will|shall|going to|about to|by when|soon|until when|eta|at (?:this|that|my|our|the current|current) (?:speed|pace|rate)|like this|rest of the week|how long (?:before|until)|when do (?:i|we) (?!get)\w+|when am i|when are we|before it resets) /
export const resets =
  / (?:resets?|resetting|renews?|renewed|refills?|refilled|comes? back|starts? over|starts? again|begins? again|replenish\w*|rolls? over|new window|free up|frees up|clears?|refresh(?:es)?|(?:fresh|full|available|usable|empty) again) /
const shown =
  / (?:trend|history|historical|historically|chart|graph|plot|curve|timeline|over time|how often|how many times|last hit|as a line) /
/** What may happen before a reset; a question without it asks when the reset is. */
const hard =
  / (?:(?:run|runs|running|ran) out|cut off|enough|lasts?|survives?|full|used up|hits?|reach\w*|throttled|locked|stops? me|exhaust\w*|makes? it|suffices?|gone|empty|dry|tight|through) /
/** A limit that was reached; `did I use up my plan` is about now. */
const hit =
  / (?:did|have|has|had|were|was) (?:\w+ ){1,7}?(?:hit|bump\w*|reach\w*|run into|ran into|max\w*|exceed\w*|throttled|locked|blocked|cut off|capped|limited) /

function isAboutLimits(question: Question): boolean {
  if (question.names.project !== undefined || question.names.machine !== undefined || question.names.session !== undefined) return false
  const isMoney =
    has(question, 'price', 'token', 'call') ||
    says(question, 'cost', 'costs', 'spend', 'spent', 'money', 'expensive', 'bill', 'dollars', 'bucks', 'usd', 'paid', 'pay')
  if (has(question, 'alert')) return false
  if (question.window !== undefined) return !isMoney || has(question, 'limit')
  if (has(question, 'task', 'machine', 'slot', 'collector', 'block', 'completed', 'failed', 'person') && !has(question, 'limit'))
    return false
  if (has(question, 'limit')) return !isMoney
  const isWeek = question.ranges.includes('this_week') || says(question, 'week', 'weekly')
  const asksRest = has(question, 'remaining', 'prediction')
  if (isMoney) return false
  if (question.names.model !== undefined && ahead.test(question.text) && question.ranges.length === 0 && !has(question, 'compare', 'why'))
    return true
  if (question.names.model !== undefined && asksRest && !has(question, 'compare', 'why')) return true
  if (isWeek && asksRest && (!has(question, 'compare', 'why') || / (?:half|third|quarter|most) of /.test(question.text))) return true
  if (
    has(question, 'session') &&
    asksRest &&
    !has(question, 'person', 'stalled') &&
    !says(question, 'sessions') &&
    says(question, 'reset', 'resets', 'cut off', 'at this rate', 'last', 'run out', 'left')
  )
    return true
  // "what is fable at": of a model alone, what is left of it.
  if (question.names.model !== undefined && question.ranges.length === 0 && isModelAlone(question)) return true
  return asksRest && question.ranges.length === 0 && question.unknown.length === 0 && isBare(question)
}

const isModelAlone = ({ concepts, unknown, text }: Question) =>
  unknown.length === 0 &&
  [...concepts].every((one) => ['detail', 'product', 'by_model', 'weekly'].includes(one)) &&
  / (?:at|doing|looking|standing|weekly) /.test(text)

/** "will it be enough": of nothing else, so of the plan. */
function isBare(question: Question): boolean {
  return (
    !has(question, 'session', 'cost', 'by_project', 'why', 'compare', 'event', 'progress', 'free', 'hub', 'how_to', 'pending') &&
    (has(question, 'prediction') || says(question, 'left', 'remaining', 'used', 'reset', 'resets', 'where do i stand', 'quota'))
  )
}

export function windowOf(question: Question): string | undefined {
  if (question.names.model !== undefined) return question.names.model
  if (question.window !== undefined) return question.window
  if (question.ranges.includes('this_week') || / (?:week|weekly|7 days?|seven days?) /.test(question.text))
    return question.ranges.some((range) => range === 'last_7d' || range === 'last_week') ? undefined : 'week'
  if (has(question, 'session') && !says(question, 'sessions')) return 'session'
  return undefined
}
