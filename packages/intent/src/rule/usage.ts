import type { Concept } from '../lexicon/en.ts'
import type { Question } from '../question.ts'
import { call, has, measureOf, type Rule, reportRange, says } from '../rule.ts'

const dimensions: readonly (readonly [Concept, string])[] = [
  ['by_hour', 'hour'],
  ['by_day', 'day'],
  ['by_week', 'week'],
  ['by_month', 'month'],
  ['by_branch', 'branch'],
  ['by_model', 'model'],
  ['by_project', 'project'],
  ['machine', 'machine'],
  ['session', 'session'],
]

export const usage: Rule = (question) => {
  const { session, ...filters } = question.names
  if (session !== undefined || has(question, 'limit', 'task', 'collector', 'alert')) return undefined
  if (has(question, 'person') && !has(question, 'cost', 'token')) return undefined
  const range = reportRange(question)
  // Two spans are a comparison, and no rule took it as one.
  if (reportRange(question, 1) !== undefined && reportRange(question, 1) !== range) return undefined
  const group = groupOf(question)
  const isUsage =
    has(question, 'cost', 'token', 'call') || (group !== undefined && (has(question, 'most', 'split') || says(question, 'total', 'totals')))
  if (!isUsage && !isBareRange(question, group)) return undefined
  if (says(question, 'tomorrow', 'next week', 'next month', 'next year')) return undefined
  // Of today by default only where money is named plainly: `worth`, `gone` and `consumed` are about much else.
  const isPlain =
    has(question, 'token', 'call') ||
    /\b(?:cost|spen[dt]|bill|money|price|pay|paid|expens|dollar|total|tally|damage|sum|charg|bucks|usage|burn)/.test(question.text)
  if (range === undefined && group === undefined && question.nameCount === 0 && !isPlain) return undefined
  const top = topOf(question)
  const weekly =
    range === undefined ? (has(question, 'weekly') ? 'this_week' : has(question, 'monthly') ? 'this_month' : undefined) : undefined
  return call('usage_report', {
    range: range ?? weekly ?? (group === undefined ? 'today' : 'last_7d'),
    group:
      group ??
      (range !== undefined && has(question, 'weekly')
        ? 'week'
        : range !== undefined && has(question, 'monthly') && range !== 'this_month'
          ? 'month'
          : undefined),
    measure: measureOf(question),
    top,
    ...filters,
  })
}

/** Nothing but a span, and perhaps names: "timetable api this week". */
function isBareRange(question: Question, group: string | undefined): boolean {
  const others = [...question.concepts].filter(
    (concept) =>
      !['split', 'product', 'by_project', 'by_model', 'by_hour', 'by_day', 'by_week', 'by_month', 'by_branch', 'most', 'machine'].includes(
        concept,
      ),
  )
  const isNamed = question.names.project !== undefined || question.names.model !== undefined || group !== undefined
  return (
    reportRange(question) !== undefined &&
    others.length === 0 &&
    question.unknown.length === 0 &&
    (isNamed || question.tokens.length <= 5 || says(question, 'how much') || has(question, 'split'))
  )
}

export function groupOf(question: Question): string | undefined {
  const { names } = question
  for (const [concept, group] of dimensions) {
    if (!has(question, concept)) continue
    // "the machine rack-1" is a filter, "sessions on rack-1" is a group.
    if (
      group === names.project ||
      (group === 'project' && names.project !== undefined && !says(question, 'per project', 'by project', 'projects'))
    )
      continue
    if (group === 'machine' && names.machine !== undefined && !says(question, 'per machine', 'by machine', 'machines')) continue
    if (group === 'model' && names.model !== undefined && !says(question, 'per model', 'by model', 'models')) continue
    if (group === 'session' && !says(question, 'sessions', 'session', 'runs', 'agents', 'jobs', 'conversations', 'chats')) continue
    if (group === 'hour' && !/ (?:hourly|hour by hour|per hour|by hour|by the hour|each hour|every hour|hours) /.test(question.text))
      continue
    if (group === 'day' && says(question, 'days') && !says(question, 'which days', 'top', 'most')) {
      if (!/ (?:daily|day by day|per day|by day|each day|every day|which day|by the day) /.test(question.text)) continue
    }
    return group
  }
  const { text } = question
  const isWhere =
    / (?:where|what) .*(?:money|spend|spending|cost|costs|tokens|dollars|cash|budget|spent|it) .*(?:go|goes|went|going|gone|end up|ends up|ended up|flow|flows) (?:to |into |on |in )?/.test(
      text,
    ) ||
    / (?:what|which) .*(?:money|spend|spending|spent|cash|dollars) (?:\w+ )*?(?:on|into|for) (?:$|last |this |today |yesterday |in |over |during |so far |the (?:last|past) )/.test(
      text,
    )
  if (isWhere && has(question, 'cost', 'token') && names.project === undefined) return 'project'
  return undefined
}

export function topOf({ tokens }: Question): number | undefined {
  for (const [n, { number, word }] of tokens.entries()) {
    if (number === undefined || number < 1 || number > 100 || word === 'a' || word === 'an') continue
    const before = tokens[n - 1]?.word
    const after = tokens.slice(n + 1, n + 4).map((one) => one.word)
    if (before === 'top' || before === 'first') return number
    const isRank =
      ['priciest', 'dearest', 'biggest', 'largest', 'top', 'costliest', 'heaviest'].includes(after[0] ?? '') ||
      (after[0] === 'most' && after[1] === 'expensive')
    if (isRank && word !== 'one') return number
    if (
      ['projects', 'sessions', 'models', 'machines', 'branches', 'repos'].includes(after[0] ?? '') &&
      tokens.some((one) => one.word === 'top' || one.word === 'most')
    )
      return number
  }
  return undefined
}
