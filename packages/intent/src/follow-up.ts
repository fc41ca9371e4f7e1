import type { Call } from './call.ts'
import type { Question } from './question.ts'
import { groupOf } from './rule/usage.ts'
import { has, measureOf, reportRange } from './rule.ts'

/** The arguments that a follow-up may change, of each tool that has any. */
const changeable: Readonly<Record<string, readonly string[]>> = {
  limits_now: ['window'],
  limits_forecast: ['window'],
  limits_history: ['window', 'range'],
  usage_report: ['range', 'group', 'measure', 'project', 'model', 'machine'],
  usage_compare: ['range', 'measure', 'project', 'model', 'machine'],
  sessions_list: ['state', 'project', 'machine', 'range'],
  session_show: ['session', 'project', 'machine', 'about'],
  tasks_list: ['project', 'machine', 'session', 'range'],
  machines_list: ['machine'],
  events_list: ['range', 'project', 'machine', 'session'],
  price_show: ['model'],
}

/** Concepts that do not make a question of its own. */
const light = new Set([
  'split',
  'by_project',
  'by_model',
  'by_branch',
  'by_hour',
  'by_day',
  'by_week',
  'by_month',
  'machine',
  'session',
  'token',
  'call',
  'detail',
  'product',
  'weekly',
  'monthly',
  'most',
  'go',
  'cost',
  'active',
  'theme',
  'why',
  'limit',
  'arrived',
])

/** The call before with what is said now in the place of what was said then: "and last week?". */
export function followUp(question: Question, previous: Call): Call | undefined {
  const fields = changeable[previous.tool]
  if (fields === undefined || question.unknown.length > 0 || [...question.concepts].some((concept) => !light.has(concept))) return undefined
  const isMarked = /^ (?:and|what about|how about|only|just|but|same|the same|now|also|for|by|per|as|in|with|then|why) /.test(question.text)
  if (!isMarked && question.tokens.length > 4) return undefined
  const said: Record<string, unknown> = {
    ...question.names,
    range: reportRange(question),
    group: groupOf(question),
    measure: has(question, 'cost') ? undefined : measureOf(question),
    window: question.names.model ?? question.window ?? (question.ranges.includes('this_week') ? 'week' : undefined),
  }
  const changes = Object.entries(said).filter(([field, value]) => value !== undefined && fields.includes(field))
  if (changes.length === 0 && !(has(question, 'why') && previous.tool === 'usage_report')) return undefined
  if (has(question, 'why')) {
    if (previous.tool !== 'usage_report') return undefined
    const { group: _, top: _top, ...kept } = previous.arguments
    return {
      tool: 'usage_compare',
      arguments: { ...kept, ...Object.fromEntries(changes.filter(([field]) => field !== 'group')), why: true },
    }
  }
  return { tool: previous.tool, arguments: { ...previous.arguments, ...Object.fromEntries(changes) } }
}
