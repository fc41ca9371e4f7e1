import { call, has, type Rule, says } from '../rule.ts'

export const tasks: Rule = (question) => {
  const { session, project, machine } = question.names
  const isToDo = says(question, 'to do', 'todo', 'undone', 'left to do', 'backlog') && !has(question, 'how_to', 'cost')
  if (!has(question, 'task') && !isToDo) return undefined
  if (has(question, 'cost', 'token', 'limit', 'what_is')) return undefined
  const range = question.ranges.find((one) => one !== 'last_night')
  const status = has(question, 'failed')
    ? 'failed'
    : has(question, 'blocked') || says(question, 'stuck', 'blocked')
      ? 'blocked'
      : has(question, 'in_progress') || says(question, 'running', 'active', 'working on', 'current', 'ongoing')
        ? 'in_progress'
        : has(question, 'completed') && !has(question, 'pending')
          ? 'completed'
          : has(question, 'pending') || isToDo || says(question, 'waiting', 'left', 'remaining')
            ? 'pending'
            : undefined
  return call('tasks_list', { status, session, project, machine, range })
}
