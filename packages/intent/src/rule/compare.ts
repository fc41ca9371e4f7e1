import { call, has, measureOf, type Rule, reportRange, says } from '../rule.ts'

const before: Readonly<Record<string, string>> = { this_week: 'last_week', this_month: 'last_month', today: 'yesterday' }
const later: Readonly<Record<string, string>> = { last_week: 'this_week', last_month: 'this_month', yesterday: 'today' }

/** Two spans beside each other, or one beside what is usual, with the reason. */
export const compare: Rule = (question) => {
  const { session, ...filters } = question.names
  if (session !== undefined || has(question, 'limit', 'collector', 'task', 'alert', 'failed', 'stalled', 'what_is')) return undefined
  const range = reportRange(question)
  const isMoney = has(question, 'cost', 'token', 'call')
  const measure = measureOf(question)
  const second =
    reportRange(question, 1) ??
    (/ than last | as last | vs last | (?:versus|to|against) (?:the )?(?:last|previous|prior) one /.test(question.text)
      ? before[range ?? '']
      : undefined)
  const isWhy = has(question, 'why') || (has(question, 'cost') && says(question, 'what happened', 'way more', 'crazy'))
  if (
    isWhy &&
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
  if (!has(question, 'compare') && !(second !== undefined && says(question, 'or'))) return undefined
  const usual = says(question, 'usual', 'unusual', 'unusually', 'abnormal', 'normal', 'average', 'typical', 'usually', 'normally')
  if (range !== undefined && second !== undefined) {
    const [first, other] = later[range] === second ? [second, range] : [range, second]
    return call('usage_compare', { range: first, baseline: other, measure, ...filters })
  }
  if (range !== undefined && (isMoney || filters.project !== undefined) && before[later[range] ?? range] !== undefined && !usual) {
    return call('usage_compare', { range: later[range] ?? range, baseline: before[later[range] ?? range], measure, ...filters })
  }
  return range !== undefined && (isMoney || usual) ? call('usage_compare', { range, measure, ...filters }) : undefined
}

const isBig = (text: string) =>
  / (?:so much|so many|so high|so big|big|high|huge|that number|such a|so heavy|up|jump|spike|rise) /.test(text)
