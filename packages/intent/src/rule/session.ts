import type { Question } from '../question.ts'
import { call, has, type Rule, says } from '../rule.ts'

/** One session: by its id, its project or its slot. */
export const oneSession: Rule = (question) => {
  const { session, project, machine } = question.names
  const { slot } = question
  if (
    session !== undefined &&
    has(question, 'task') &&
    has(question, 'pending', 'blocked', 'failed', 'completed', 'in_progress') &&
    !has(question, 'why', 'progress')
  )
    return undefined
  if (session !== undefined) return call('session_show', { session, about: aboutOf(question) })
  if (slot !== undefined && machine !== undefined) return call('session_show', { machine, slot, about: aboutOf(question) })
  if (project === undefined || has(question, 'cost', 'token', 'call', 'compare')) return undefined
  const about = aboutOf(question)
  if (
    question.ranges.length === 0 &&
    / (?:anyone|anybody|someone|somebody|who|which sessions?|which agents?) .*on /.test(question.text) &&
    !has(question, 'failed', 'stalled', 'paused', 'completed', 'person', 'task')
  )
    return call('sessions_list', { state: 'active', project, machine })
  const isState =
    has(question, 'active') &&
    question.tokens.length < 7 &&
    !/ (?:what|how|doing|status|state|up to|busy with|working on|about|show|open) /.test(question.text)
  if (isState && about === undefined && !has(question, 'failed', 'stalled', 'paused', 'completed', 'person', 'task'))
    return call('sessions_list', { state: 'active', project, machine })
  if (isMany(question) && !says(question, 'percent')) return undefined
  // "did it fail yesterday" asks for those of the day, "why did it fail yesterday" for the reason.
  if (about === 'failure' && question.ranges.length > 0 && !has(question, 'why') && !says(question, 'wrong', 'what happened'))
    return undefined
  if (about === 'failure' || about === 'tasks')
    return has(question, 'task') && !has(question, 'progress') ? undefined : call('session_show', { project, machine, about })
  const isToday = question.ranges.length === 1 && question.ranges[0] === 'today' && has(question, 'detail')
  if ((question.ranges.length > 0 && !isToday) || has(question, 'person', 'task')) return undefined
  if (about === 'timeline') return call('session_show', { project, machine, about })
  if (has(question, 'detail', 'session', 'active', 'go') || question.concepts.size === 0) return call('session_show', { project, machine })
  return undefined
}

export function aboutOf(question: Question): 'failure' | 'cost' | 'timeline' | 'tasks' | undefined {
  if (has(question, 'failed', 'stalled') && (has(question, 'why', 'failed') || says(question, 'wrong', 'what happened'))) return 'failure'
  if (has(question, 'cost')) return 'cost'
  if (has(question, 'task', 'progress') || isNearEnd(question)) return 'tasks'
  return has(question, 'trail') || / what (?:did|has|have) .* (?:do|done) /.test(question.text) ? 'timeline' : undefined
}

/** "is it finished", "how close is it to done": of one project or session, its tasks. */
const isNearEnd = (question: Question) =>
  has(question, 'completed') &&
  question.ranges.length === 0 &&
  !says(question, 'sessions', 'agents', 'which', 'who', 'any', 'list', 'all') &&
  / (?:is|are|how|when|will|close|near|nearly|almost|yet) /.test(question.text)

/** "active sessions for timetable-api", "is someone working on it": a list, though one project is named. */
const isMany = (question: Question) =>
  (/ (?:a|an|one|any|another|every) (?:\w+ ){0,4}?(?:session|agent|instance|job|run) /.test(question.text) ||
    says(question, 'sessions', 'agents', 'anyone', 'anybody', 'someone', 'somebody', 'who', 'which', 'anything', 'how many', 'any')) &&
  has(question, 'session', 'active', 'failed', 'person', 'paused', 'stalled', 'completed')

export const sessions: Rule = (question) => {
  if (has(question, 'cost', 'token', 'collector', 'task', 'limit', 'slot', 'how_to', 'hub') || question.names.model !== undefined)
    return undefined
  const { project, machine } = question.names
  const state = stateOf(question)
  const isFleet = has(question, 'machine') && !has(question, 'session') && machine === undefined
  if (isFleet && !(state === 'person' || (state === 'active' && says(question, 'running on', 'sessions')))) return undefined
  const range = question.ranges.find((one) => one !== 'last_night')
  const isDoing = state === undefined && / (?:doing|up to|working on|now|currently|at the moment) /.test(question.text)
  const isEveryone = isDoing && / (?:everyone|everybody|all of them|they|all the others) /.test(question.text)
  if (state === undefined && !has(question, 'session') && !isEveryone) return undefined
  if (
    state === 'active' &&
    machine !== undefined &&
    !has(question, 'session') &&
    !says(question, 'running', 'busy', 'working', 'active', 'work', 'in use', 'runs', 'ongoing')
  )
    return undefined
  // Of one state, an order alone is no reason to guess at another list.
  const order = has(question, 'oldest') ? 'oldest' : has(question, 'newest') && has(question, 'session') ? 'newest' : undefined
  const byDefault = state === undefined && (machine !== undefined || project !== undefined) ? 'active' : undefined
  return call('sessions_list', {
    state: state ?? byDefault ?? (isDoing ? 'active' : undefined) ?? (order === 'oldest' ? 'active' : undefined),
    project,
    machine,
    range: state === 'person' || state === 'active' || state === 'stalled' || state === 'paused' ? undefined : range,
    order,
  })
}

export function stateOf(question: Question): string | undefined {
  if (says(question, 'waiting on permission', 'waiting for permission', 'waiting for me')) return 'person'
  if (has(question, 'stalled') && !has(question, 'person')) return 'stalled'
  if (has(question, 'person') && !says(question, 'so far')) return 'person'
  if (has(question, 'stalled')) return 'stalled'
  if (has(question, 'failed')) return 'failed'
  if (has(question, 'paused')) return 'paused'
  if (has(question, 'completed')) return 'completed'
  if (has(question, 'session') && says(question, 'first')) return 'person'
  return has(question, 'active') ? 'active' : undefined
}
