import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { WeekStart } from '@signalbox/usage/zone'
import { nextTurn } from '../next-turn.ts'
import type { EventStore } from '../store/event.ts'
import { DueQueue } from './due-queue.ts'
import { Episodes, type EpisodeTimes } from './episode.ts'
import { LogFacts } from './log-facts.ts'
import type { Subject } from './rule/rule-kind.ts'
import type { OpenRule } from './rule/rule-list.ts'

const PAGE_EVENTS = 1_000

const ofSessions = ['session.created', 'session.updated', 'session.status'] as const
const ofTasks = ['task.created', 'task.updated', 'task.status'] as const
const ofMachines = ['machine.created', 'machine.updated', 'machine.status', 'machine.removed'] as const
const ofMonitor = ['monitor.paused', 'monitor.resumed'] as const

/** The kinds whose past the event log shows, and the events that do. */
const typesOf: { readonly [K in AlertRuleKind]?: readonly EventType[] } = {
  session_failed: ofSessions,
  session_stalled: [...ofSessions, ...ofMonitor],
  session_waiting: [...ofSessions, ...ofMonitor],
  session_idle: [...ofSessions, ...ofMonitor],
  task_blocked: [...ofTasks, ...ofSessions],
  task_failed: [...ofTasks, ...ofSessions],
  machine_offline: [...ofMachines, ...ofMonitor],
  no_free_slot: [...ofSessions, ...ofMachines, ...ofMonitor],
  needs_login: [...ofMachines, 'limits.snapshot'],
  source_failing: [...ofMachines, 'limits.snapshot'],
  hub_paused: ofMonitor,
}

export function isInLog(kind: AlertRuleKind): boolean {
  return typesOf[kind] !== undefined
}

export interface ReplayOptions {
  readonly events: Pick<EventStore, 'page' | 'bounds'>
  readonly timezone: string
  readonly weekStart: WeekStart
  readonly times: EpisodeTimes
  readonly now: number
}

/**
 * What a rule would have opened, had it been there when the event log began.
 * @returns the alerts, and when the log begins, in milliseconds
 */
export async function replayLog(rule: OpenRule, options: ReplayOptions): Promise<{ episodes: Episodes; begin: number }> {
  const { events, timezone, weekStart, times, now } = options
  const log = new LogFacts(timezone, weekStart)
  const episodes = new Episodes(times)
  const due = new DueQueue<Subject>()
  const judge = async (subjects: Iterable<Subject>, at: number) => {
    const facts = log.facts()
    for (const subject of subjects) {
      const verdict = await rule.judge(subject, facts, at)
      episodes.add(subject, verdict, at)
      if ('next_at' in verdict && verdict.next_at !== undefined && verdict.next_at > at) due.add(verdict.next_at, subject)
    }
  }
  const judgeAll = async (at: number) => {
    const all = [...(await rule.subjects(log.facts(), at)), ...episodes.held]
    await judge(new Map(all.map((subject) => [subject.key, subject])).values(), at)
  }
  const judgeDue = async (by: number) => {
    for (let next = due.take(by); next !== undefined; next = due.take(by)) await judge([next.value], next.at)
  }
  const { first } = await events.bounds()
  const [oldest] = first === 0 ? [] : await events.page({ after: first - 1, limit: 1 })
  for (let after = first - 1; first !== 0; ) {
    const page = await events.page({ types: typesOf[rule.kind], after, limit: PAGE_EVENTS })
    for (const event of page) {
      const at = Date.parse(event.at)
      await judgeDue(at)
      const slotsChanged = log.apply(event)
      // After a pause, what it held back is judged.
      if (concernsAll(rule, event, slotsChanged)) await judgeAll(at)
      else await judge([...rule.touched(event), ...tasksTouched(rule, event, log)], at)
    }
    if (page.length < PAGE_EVENTS) break
    after = page.at(-1)!.id
    await nextTurn()
  }
  await judgeDue(now)
  return { episodes, begin: oldest === undefined ? now : Date.parse(oldest.at) }
}

function concernsAll(rule: OpenRule, event: HubEvent, slotsChanged: boolean): boolean {
  return event.event === 'monitor.resumed' || rule.touchesAll(event) || (rule.kind === 'no_free_slot' && slotsChanged)
}

/** A session that ends makes its tasks past. */
function tasksTouched({ kind }: OpenRule, { event, data }: HubEvent, log: LogFacts): Subject[] {
  if (event !== 'session.status' || (kind !== 'task_blocked' && kind !== 'task_failed')) return []
  return log.tasksOf(String(data.session_id)).map((task_id) => ({ key: task_id, about: { task_id, session_id: String(data.session_id) } }))
}
