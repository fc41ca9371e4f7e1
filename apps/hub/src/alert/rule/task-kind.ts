import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import type { HubEvent } from '@signalbox/contract/event'
import { type FilteredNames, matchesFilter } from '@signalbox/usage/name-pattern'
import type { TaskOfSession } from '../../store/task.ts'
import type { Facts } from '../facts.ts'
import type { RuleKind, Subject, Verdict } from './rule-kind.ts'

interface TaskParameters {
  readonly after_ms: number
  readonly filter?: AlertFilter | undefined
}

interface TaskKind {
  readonly kind: 'task_blocked' | 'task_failed'
  /** Since when the task is in the state that the rule is about; undefined when it is not. */
  since(task: TaskOfSession): number | undefined
  /** Whether a task in that state is no news any more: its alert closes without a word. */
  isPast(task: TaskOfSession, since: number, now: number): boolean
  summary(task: TaskOfSession): string
}

/** A kind whose subjects are tasks. */
export function taskKind({ kind, since, isPast, summary }: TaskKind): RuleKind<TaskParameters, Facts> {
  return {
    kind,
    severity: 'info',
    touched: taskOfEvent,
    async subjects(facts, { filter }, now) {
      const tasks = [...(await facts.tasks()).values()].filter((task) => {
        const at = since(task)
        return at !== undefined && !isPast(task, at, now)
      })
      const matching = await Promise.all(tasks.map((task) => matchesTask(task, facts, filter)))
      return tasks.filter((_, index) => matching[index]).map(subjectOf)
    },
    async judge(subject, facts, { after_ms, filter }, now): Promise<Verdict> {
      const found = await facts.task(subject.key)
      if (found === undefined || !(await matchesTask(found, facts, filter))) return { verdict: 'gone' }
      const begin = since(found)
      if (begin === undefined) return { verdict: 'clear' }
      if (isPast(found, begin, now)) return { verdict: 'gone' }
      const at = begin + after_ms
      if (now < at) return { verdict: 'clear', next_at: at }
      return { verdict: 'holds', since: at, severity: 'info', summary: summary(found), values: {} }
    },
  }
}

async function matchesTask({ task, machine_id }: TaskOfSession, facts: Facts, filter: AlertFilter | undefined): Promise<boolean> {
  if (filter === undefined) return true
  const names: FilteredNames = { project_id: task.project_id, machine_id }
  // The model is that of its session, which most filters do not ask for.
  const model = filter.model === undefined ? undefined : (await facts.session(task.session_id))?.model
  return matchesFilter(filter, { ...names, model })
}

function subjectOf({ task: { task_id, session_id, project_id }, machine_id }: TaskOfSession): Subject {
  return { key: task_id, about: { task_id, session_id, project_id, machine_id } }
}

function taskOfEvent({ event, data }: HubEvent): Subject[] {
  const { task_id, session_id, project_id, machine_id } = data as Partial<Record<string, string>>
  if (!event.startsWith('task.') || task_id === undefined) return []
  const about = { task_id, session_id, project_id, machine_id }
  return [{ key: task_id, about: Object.fromEntries(Object.entries(about).filter(([, id]) => id !== undefined)) }]
}
