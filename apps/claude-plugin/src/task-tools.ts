import type { ClaudeTask } from '@signalbox/contract/claude-session'
import { plainText } from './plain-text.ts'

export interface ListedTasks {
  readonly tasks?: ClaudeTask[]
  readonly all_tasks?: boolean
  /** All tasks that are known now, for updates that have only the id. */
  readonly knownTasks?: Readonly<Record<string, ClaudeTask>>
}

/** Keeps a list within the size of one request. */
const MAX_LISTED = 100
const MAX_NAME_LENGTH = 200

/** What a call of one of Claude Code's own task tools says about its list. */
export function listedTasks(
  tool: string,
  input: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, ClaudeTask>>,
): ListedTasks {
  if (tool === 'TodoWrite') {
    const todos = Array.isArray(input.todos) ? (input.todos as unknown[]) : []
    const tasks = todos.slice(0, MAX_LISTED).flatMap((todo, index) => {
      const { content, status } = (todo ?? {}) as Record<string, unknown>
      return taskOf(String(index + 1), content, status) ?? []
    })
    return { tasks, all_tasks: true }
  }
  if (tool === 'TaskCreate') {
    const { id } = (response.task ?? {}) as Record<string, unknown>
    const task = taskOf(id, input.subject, 'pending')
    return task === undefined ? {} : { tasks: [task], knownTasks: { ...known, [task.task_id]: task } }
  }
  if (tool === 'TaskUpdate') {
    const id = plainText(String(input.taskId ?? input.task_id ?? input.id ?? ''), 100)
    if (id === undefined) return {}
    const before = Object.hasOwn(known, id) ? known[id] : undefined
    if (input.status === 'deleted') {
      if (before === undefined) return {}
      const { [id]: _, ...left } = known
      return { tasks: Object.values(left).slice(-MAX_LISTED), all_tasks: true, knownTasks: left }
    }
    const task = taskOf(id, input.subject ?? before?.name, input.status ?? before?.status)
    return task === undefined ? {} : { tasks: [task], knownTasks: { ...known, [id]: task } }
  }
  return {}
}

export function taskOf(id: unknown, name: unknown, status: unknown): ClaudeTask | undefined {
  const [taskId, text] = [plainText(typeof id === 'number' ? String(id) : id, 100), plainText(name, MAX_NAME_LENGTH)]
  if (taskId === undefined || text === undefined) return undefined
  if (status !== 'pending' && status !== 'in_progress' && status !== 'completed') return undefined
  return { task_id: taskId, name: text, status }
}
