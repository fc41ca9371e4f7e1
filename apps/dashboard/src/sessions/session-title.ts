import type { BoardSession } from '../hub/answer.ts'
import { formatSessionName } from './claude-facts.ts'
import type { Board } from './use-board.ts'

/** What distinguishes a session: its name, else its id, and its current task. */
export function detailOf(session: BoardSession, { taskNames }: Pick<Board, 'taskNames'>): string {
  const { current_task_id: task } = session
  const parts = [formatSessionName(session), task === undefined ? undefined : (taskNames.get(task) ?? task)]
  return parts.filter((part) => part !== undefined).join(' · ')
}

/** What a session is called in a sentence: its own name, else that of its project. */
export function titleOf({ project_id, claude_code }: BoardSession, { projectNames }: Pick<Board, 'projectNames'>): string {
  return claude_code?.name ?? projectNames.get(project_id) ?? project_id
}
