import { EventRow } from '../../events/event-row.tsx'
import type { TaskStatus } from '../../hub/answer.ts'
import { useTool } from '../../hub/assistant.ts'
import { useEventLog } from '../../hub/event-log.ts'
import { toProblem } from '../../hub/problem.ts'
import { Link } from '../../router/link.tsx'
import { MachinePanel } from '../../sessions/machine-panel.tsx'
import { viewMachines } from '../../sessions/machine-view.ts'
import { TaskIcon, taskStatusNames } from '../../sessions/task-icon.tsx'
import { useBoard } from '../../sessions/use-board.ts'
import { FigureList } from '../../ui/figure-list.tsx'
import { Ago } from '../../ui/moment.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { t } from '../../words/ask.ts'
import { lastVisit } from '../last-visit.ts'
import { formatFilters, formatRange } from '../ranges.ts'
import { type CardProps, textOf } from './card-props.ts'
import { ToolPanel } from './tool-panel.tsx'
import '../../events/events.css'
import '../../sessions/tasks-panel.css'

/** Machines, live: all, one, or those in a state. */
export function MachinesCard({ arguments: args }: CardProps) {
  const board = useBoard()
  const [state, machine] = [textOf(args, 'state'), textOf(args, 'machine')]
  const views = viewMachines(board.sessions ?? [], board.machines).filter(({ machineId, machine: known, usedSlots }) => {
    if (machine !== undefined && machineId !== machine) return false
    if (state === 'free') return known?.status === 'online' && known.docker_slots.some((slot) => !usedSlots.has(slot))
    return state === undefined || known?.status === state
  })
  return (
    <Panel title={state === 'free' ? t.machinesFree : t.machines} className="ask-card">
      {!board.machinesKnown ? (
        board.error === null ? (
          <Skeleton height={120} label={t.loading} />
        ) : (
          <ProblemNote {...toProblem(board.error)} onRetry={() => void board.refetch()} />
        )
      ) : views.length === 0 ? (
        <p className="muted">{t.noMachineMatches}</p>
      ) : (
        <div className="ask-machines">
          {views.map((view) => (
            <MachinePanel key={view.machineId} view={view} board={board} compact />
          ))}
        </div>
      )}
      <p className="small">
        <Link to="/machines">{t.openMachines}</Link>
      </p>
    </Panel>
  )
}

interface TaskData {
  readonly tasks: readonly {
    readonly task_id: string
    readonly task_name: string
    readonly status: TaskStatus
    readonly session_id: string
    readonly error_message?: string
  }[]
  readonly left_out?: number
}

/** Tasks of all sessions, or of some. */
export function TasksCard({ arguments: args }: CardProps) {
  const query = useTool<TaskData>('task', 'tasks_list', args)
  return (
    <ToolPanel title={t.tasksOf(formatFilters(args))} query={query}>
      {({ data: { tasks, left_out = 0 } }) => (
        <>
          {tasks.length === 0 && <p className="muted">{t.noTasks}</p>}
          <ul className="tasks">
            {tasks.map(({ task_id, task_name, status, session_id, error_message }) => (
              <li key={task_id} data-status={status}>
                <TaskIcon status={status} />
                <Link to="/sessions/$id" params={{ id: session_id }} className="task-name breakable">
                  {task_name}
                </Link>
                <span className="task-status small">{taskStatusNames[status]}</span>
                {error_message !== undefined && <span className="task-error small breakable">{error_message}</span>}
              </li>
            ))}
          </ul>
          {left_out > 0 && <p className="small muted">{t.moreRows(left_out)}</p>}
        </>
      )}
    </ToolPanel>
  )
}

const MAX_EVENTS = 25

interface EventSpan {
  readonly since?: string
  readonly until?: string
}

/** What happened in a range, or since this browser was here. */
export function EventsCard({ arguments: args }: CardProps) {
  if (args.range !== 'since_visit') return <RangeEvents arguments={args} range={String(args.range)} />
  return lastVisit === undefined ? (
    <RangeEvents arguments={args} range="last_24h" />
  ) : (
    <Events arguments={args} title={t.eventsOf(formatRange('since_visit'))} span={{ since: lastVisit }} />
  )
}

interface EventsProps {
  readonly arguments: CardProps['arguments']
  readonly title: string
  readonly span: EventSpan
}

/** The tool knows when a range begins and ends. */
function RangeEvents({ arguments: args, range }: { readonly arguments: CardProps['arguments']; readonly range: string }) {
  const span = useTool<EventSpan>('event', 'events_list', { range, top: 1 })
  const title = t.eventsOf(formatRange(range))
  if (span.data === undefined) {
    return (
      <ToolPanel title={title} query={span}>
        {() => null}
      </ToolPanel>
    )
  }
  const { since, until } = span.data.data
  // An end that is to come would be another address each time, and cut nothing off.
  const isOver = until !== undefined && Date.parse(until) < Date.now()
  return <Events arguments={args} title={title} span={{ ...(since === undefined ? {} : { since }), ...(isOver ? { until } : {}) }} />
}

const types = [
  'session.created',
  'session.status',
  'task.created',
  'task.status',
  'machine.created',
  'machine.status',
  'machine.removed',
  'alert.opened',
  'alert.closed',
  'alerts.paused',
  'alerts.resumed',
] as const

function Events({ arguments: args, title, span }: EventsProps) {
  const zone = browserTimeZone()
  const board = useBoard()
  const [machine, project, session] = [textOf(args, 'machine'), textOf(args, 'project'), textOf(args, 'session')]
  const log = useEventLog({
    types: [...types],
    ...span,
    ...(machine === undefined ? {} : { machine_id: machine }),
    ...(project === undefined ? {} : { project_id: project }),
    ...(session === undefined ? {} : { session_id: session }),
  })
  const events = [...(log.data?.events ?? [])].reverse()
  return (
    <Panel title={title} className="ask-card">
      {log.error !== null && log.data === undefined && <ProblemNote {...toProblem(log.error)} onRetry={() => void log.refetch()} />}
      {log.data === undefined ? (
        log.error === null && <Skeleton height={120} label={t.loading} />
      ) : events.length === 0 ? (
        <p className="muted">{t.nothingHappened}</p>
      ) : (
        <ol className="event-list">
          {events.slice(0, MAX_EVENTS).map((event, index) => (
            <EventRow
              key={event.id}
              event={event}
              before={events[index - 1]?.at}
              zone={zone}
              projectName={(id) => board.projectNames.get(id) ?? id}
              search={{}}
            />
          ))}
        </ol>
      )}
      {events.length > MAX_EVENTS && <p className="small muted">{t.moreRows(events.length - MAX_EVENTS)}</p>}
      <p className="small">
        <Link to="/events">{t.openEvents}</Link>
      </p>
    </Panel>
  )
}

interface HealthData {
  readonly hub?: { readonly status: string; readonly version: string }
  readonly collector?: readonly {
    readonly machine_id: string
    readonly connected: boolean
    readonly behind: boolean
    readonly version: string
  }[]
  readonly limits?: { readonly last_updated: string | null }
  readonly usage?: { readonly last_calls_arrived_at: string | null }
}

/** Whether Signalbox itself works. */
export function HealthCard({ arguments: args }: CardProps) {
  const query = useTool<HealthData>('health', 'hub_health', args)
  const zone = browserTimeZone()
  const ago = (at: string | null) => (at === null ? t.noneYet : <Ago at={at} zone={zone} />)
  return (
    <ToolPanel title={t.health} query={query}>
      {({ data: { hub, collector, limits, usage } }) => (
        <>
          <FigureList
            layout="rows"
            figures={[
              ...(hub === undefined ? [] : [{ label: t.hub, value: t.database(hub.status === 'ok' ? t.ok : t.unavailable, hub.version) }]),
              ...(collector ?? []).map((one) => ({
                label: t.collectorOn(one.machine_id),
                value: !one.connected ? t.notConnected : one.behind ? t.behind : t.connected,
              })),
              ...(limits === undefined ? [] : [{ label: t.planLimits, value: ago(limits.last_updated) }]),
              ...(usage === undefined ? [] : [{ label: t.lastCalls, value: ago(usage.last_calls_arrived_at) }]),
            ]}
          />
          {collector?.length === 0 && <p className="muted">{t.noCollector}</p>}
          <p className="small">
            <Link to="/machines">{t.openMachines}</Link>
          </p>
        </>
      )}
    </ToolPanel>
  )
}
