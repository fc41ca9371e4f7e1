import { call, has, type Rule, says } from '../rule.ts'

export const machines: Rule = (question) => {
  const { machine, project, session } = question.names
  if (
    project !== undefined ||
    session !== undefined ||
    has(question, 'cost', 'token', 'limit', 'task', 'connect', 'collector', 'failed', 'person', 'paused', 'how_to')
  )
    return undefined
  const isFree =
    (has(question, 'slot', 'free') && !has(question, 'remaining')) ||
    (has(question, 'free') && has(question, 'slot', 'machine', 'session')) ||
    says(question, 'free capacity', 'start another', 'another one', 'one more session')
  if (isFree) return call('machines_list', { state: 'free', machine })
  if (machine !== undefined) {
    const isAbout = has(question, 'detail', 'online', 'offline', 'maintenance', 'machine', 'go') || question.concepts.size === 0
    return isAbout && !has(question, 'session') && question.ranges.length === 0 ? call('machines_list', { machine }) : undefined
  }
  if (!has(question, 'machine') && !says(question, 'rotation')) return undefined
  if (has(question, 'session', 'event') && !has(question, 'online', 'offline', 'maintenance')) return undefined
  const state = has(question, 'offline')
    ? 'offline'
    : has(question, 'maintenance')
      ? 'maintenance'
      : has(question, 'online')
        ? 'online'
        : undefined
  return call('machines_list', { state })
}
