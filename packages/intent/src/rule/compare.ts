import { call, has, measureOf, type Rule, reportRange, says } from '../rule.ts'

export const before: Readonly<Record<string, string>> = { this_week: 'last_week', this_month: 'last_month', today: 'yesterday' }
export const later: Readonly<Record<string, string>> = { last_week: 'this_week', last_month: 'this_month', yesterday: 'today' }

/** Two spans beside each other, or one beside what is usual, with the reason. */
export const compare: Rule = (question) => {
  const { session, ...filters } = question.names
  if (
    session !== undefined ||
    has(question, 'limit', 'collector', 'task', 'alert', 'failed', 'stalled') ||
    (has(question, 'what_is') && !has(question, 'why', 'compare'))
  )
    return undefined
  const over = / (day|week|month) (?:over|on|by) \1 (?!for|in|over)/.exec(question.text)?.[1]
  if (over !== undefined && !/ by /.test(question.text) && question.ranges.length === 0) {
    const first = over === 'day' ? 'today' : `this_${over}`
    return call('usage_compare', { range: first, baseline: before[first], measure: measureOf(question), ...filters })
  }
  const range = reportRange(question)
  const isMoney = has(question, 'cost', 'token', 'call')
  const measure = measureOf(question)
  const second =
    reportRange(question, 1) ??
    (/ than last | as last | vs last | (?:versus|to|against) (?:the )?(?:last|previous|prior) one /.test(question.text)
      ? before[range ?? '']
      : undefined)
  const isWhy =
    has(question, 'why') ||
    (has(question, 'cost') && says(question, 'what happened', 'way more', 'crazy')) ||
    / what (?:has |is |was |have |had |would |could )?(?:made|makes?|making|driving|drives|drove|pushed|pushes|pushing|caused|causes|causing|raised|inflated) /.test(
      question.text,
    ) ||
    (isSo.test(question.text) && / (?:what|how|reason|explain|idea|because|know|understand) /.test(question.text)) ||
    / how (?:did|could|can|come|do) .*(?:so much|that much|so high|so expensive|this much|so big|so many) /.test(question.text)
  // "which machine caused the highest cost" wants the machines.
  const isWhich =
    / (?:which|what) (?:of (?:my|the|our) )?(?:project|repo|model|machine|computer|host|box|server|branch|session|agent|day|hour|week|month)s? /.test(
      question.text,
    )
  if (
    isWhy &&
    !(isWhich && !says(question, 'why', 'how come', 'reason')) &&
    (isMoney || isBig(question.text) || (range !== undefined && question.concepts.size === 1)) &&
    (isMoney || range !== undefined)
  ) {
    // A question why may hold both spans: "why is this week dearer than last week".
    return call('usage_compare', {
      range: range ?? 'today',
      baseline: second,
      why: true,
      measure: range !== undefined && measure === 'calls' ? undefined : measure,
      ...filters,
    })
  }
  const isMore = second !== undefined && / (?:more|less|fewer|\w+er|worse) .*than /.test(question.text)
  if (!isMore && !has(question, 'compare') && !isUsual.test(question.text) && !(second !== undefined && says(question, 'or')))
    return undefined
  const usual = isUsual.test(question.text)
  if (range !== undefined && second !== undefined) {
    const [first, other] = later[range] === second ? [second, range] : [range, second]
    return call('usage_compare', { range: first, baseline: other, measure, ...filters })
  }
  if (
    range !== undefined &&
    (isMoney || filters.project !== undefined || strong.test(question.text)) &&
    before[later[range] ?? range] !== undefined &&
    !usual
  ) {
    return call('usage_compare', { range: later[range] ?? range, baseline: before[later[range] ?? range], measure, ...filters })
  }
  return range !== undefined && (isMoney || usual) ? call('usage_compare', { range, measure, ...filters }) : undefined
}

/** `so expensive`, of which someone wants to know why. */
const isSo = / (?:so|that|too) (?:much|high|expensive|costly|pricey|dear|big|many|large|heavy|bad) /
/** Beside what is usual; an average alone is none. */
const isUsual =
  / (?:above|below|over|under|beyond|than|vs|versus|against|to|with|from|as) (?:the |my |our )?(?:usual|normal|average|norm|typical) | (?:usual|normal|unusual|unusually|typical|ordinary|abnormal|abnormally) /
const strong = / (?:compared?|comparison|versus|vs|up or down|more or less|less or more|difference|against) /

const isBig = (text: string) =>
  / (?:so much|so many|so high|so big|big|high|huge|that number|such a|so heavy|up|jump|spike|rise) /.test(text)
