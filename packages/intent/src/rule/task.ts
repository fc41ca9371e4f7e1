import type { Question } from '../question.ts'
import { call, has, type Rule, says } from '../rule.ts'

export const tasks: Rule = (question) => {
  const { session, project, machine } = question.names
  const isToDo = toDo(question)
  const isBlocked = has(question, 'blocked') && !has(question, 'session', 'machine', 'person', 'limit', 'prediction')
  if (!has(question, 'task') && !isToDo && !isBlocked) return undefined
  if (has(question, 'cost', 'token', 'limit') || (has(question, 'what_is') && question.nameCount === 0)) return undefined
  const range = question.ranges.find((one) => one !== 'last_night')
  return call('tasks_list', { status: statusOf(question), session, project, machine, range })
}

export function statusOf(question: Question): string | undefined {
  const isUndone = / not (?:yet |been |be |have |even |being )*(?:started|begun|done|finished|completed?|touched|worked|tackled) /.test(
    question.text,
  )
  return isUndone
    ? 'pending'
    : has(question, 'failed')
      ? 'failed'
      : has(question, 'blocked') || says(question, 'stuck', 'blocked')
        ? 'blocked'
        : has(question, 'in_progress') || says(question, 'running', 'active', 'working on', 'current', 'ongoing', 'going on', 'happening')
          ? 'in_progress'
          : has(question, 'completed') && !has(question, 'pending')
            ? 'completed'
            : has(question, 'pending') || toDo(question) || says(question, 'waiting', 'left', 'remain', 'remains', 'remaining')
              ? 'pending'
              : has(question, 'active')
                ? 'in_progress'
                : undefined
}

const toDo = (question: Question) =>
  says(question, 'to do', 'todo', 'undone', 'left to do', 'to be done', 'backlog', 'on the list', 'on my list', 'on our list') &&
  !has(question, 'how_to', 'cost')
