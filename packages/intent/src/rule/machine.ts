import { call, has, type Rule, says } from '../rule.ts'

export const machines: Rule = (question) => {
  const { machine, project, session } = question.names
  if (
    project !== undefined ||
    session !== undefined ||
    has(question, 'cost', 'token', 'limit', 'task', 'connect', 'collector', 'person', 'paused', 'how_to') ||
    (has(question, 'failed') &&
      !(has(question, 'machine') && has(question, 'offline')) &&
      !(machine !== undefined && says(question, 'dead', 'died', 'broken', 'unhealthy')))
  )
    return undefined
  const isFree =
    (has(question, 'slot', 'free') && !has(question, 'remaining')) ||
    (has(question, 'free') && has(question, 'slot', 'machine', 'session')) ||
    / where (?:can|could|do|would|should) (?!.*(?:connect|add|find)).*(?:session|one|agent|run|start|place|put) /.test(question.text) ||
    says(question, 'free capacity', 'start another', 'another one', 'one more session')
  if (isFree) return call('machines_list', { state: 'free', machine })
  if (
    machine !== undefined &&
    / (?:who|what|anyone|anything|something|someone) .*(?:on|at|using|uses) | (?:running|working|active|live|busy) (?:on|at) | (?:doing|running|working on) (?:anything|something|stuff) /.test(
      question.text,
    ) &&
    !has(question, 'session', 'event', 'completed', 'failed', 'stalled', 'free')
  )
    return call('sessions_list', { state: 'active', machine })
  if (machine !== undefined) {
    const isAbout =
      has(question, 'detail', 'online', 'offline', 'maintenance', 'machine', 'go', 'login', 'hub') ||
      says(question, 'dead', 'alive', 'good', 'well', 'healthy') ||
      (question.concepts.size === 0 && question.tokens.length < 6 && !says(question, 'who'))
    return isAbout && !has(question, 'session') && question.ranges.length === 0 ? call('machines_list', { machine }) : undefined
  }
  if (!has(question, 'machine') && !says(question, 'rotation')) return undefined
  if (has(question, 'session', 'event') && !has(question, 'online', 'offline', 'maintenance')) return undefined
  const state =
    has(question, 'offline') || says(question, 'gone', 'missing', 'lost')
      ? 'offline'
      : has(question, 'maintenance')
        ? 'maintenance'
        : has(question, 'online')
          ? 'online'
          : undefined
  return call('machines_list', { state })
}
