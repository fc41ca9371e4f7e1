import { call, has, type Rule } from '../rule.ts'

/** What happened since the last visit; whatever else is said, it says where the person was. */
export const missed: Rule = (question) => {
  const { machine, project, session } = question.names
  if (!has(question, 'miss') || has(question, 'cost', 'token', 'limit', 'alert') || question.ranges.length > 0) return undefined
  return call('events_list', { range: 'since_visit', machine, project, session })
}

export const events: Rule = (question) => {
  const { machine, project, session } = question.names
  if (has(question, 'cost', 'token', 'limit', 'alert')) return undefined
  const range = question.ranges[0]
  const isNight = range === 'last_night'
  if (!has(question, 'event') && !(isNight && question.unknown.length === 0)) return undefined
  // What goes on now on a machine is what runs there.
  if (range === undefined && machine !== undefined) return call('sessions_list', { state: 'active', machine })
  if (range === undefined && / what is new /.test(question.text)) return call('events_list', { range: 'since_visit', project, session })
  if (range === undefined && !/ (?:happen\w*|events?|news|recap|went on|log|digest|occurred|took place) /.test(question.text))
    return undefined
  return call('events_list', { range: range ?? 'last_24h', machine, project, session })
}
