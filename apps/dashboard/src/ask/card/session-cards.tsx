import type { BoardSession } from '../../hub/answer.ts'
import { formatUnseenReason } from '../../hub/collector-state.ts'
import { toProblem } from '../../hub/problem.ts'
import { useSession } from '../../hub/session.ts'
import { useSessionList } from '../../hub/session-list.ts'
import { Link } from '../../router/link.tsx'
import { RowCheckbox, RowControls } from '../../sessions/actions/row-controls.tsx'
import { hasStatus, isOfProject } from '../../sessions/board-view.ts'
import { HealthPanel } from '../../sessions/health-panel.tsx'
import type { RowControlParts } from '../../sessions/session-row.tsx'
import { SessionRows } from '../../sessions/session-rows.tsx'
import type { SessionSearch } from '../../sessions/session-search.ts'
import { TasksPanel } from '../../sessions/tasks-panel.tsx'
import { TimelinePanel } from '../../sessions/timeline-panel.tsx'
import { useBoard, useProjectNames } from '../../sessions/use-board.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { t } from '../../words/ask.ts'
import { askQuestions } from '../../words/ask-questions.ts'
import { formatFilters } from '../ranges.ts'
import { type CardProps, textOf } from './card-props.ts'
import { UsageCard } from './usage-card.tsx'

const controls: RowControlParts = { Checkbox: RowCheckbox, Menu: RowControls }
const MAX_ENDED = 20
type State = keyof typeof t.sessionStates

/** Sessions of one state, a project or a machine: from the live board, and of those that ended from the list. */
export function SessionsCard({ arguments: args, onAsk }: CardProps) {
  const state = textOf(args, 'state') as State | undefined
  const isPast = state === 'failed' || state === 'completed'
  return isPast ? (
    <EndedSessions state={state} arguments={args} onAsk={onAsk} />
  ) : (
    <LiveSessions state={state} arguments={args} onAsk={onAsk} />
  )
}

function LiveSessions({ state, arguments: args, onAsk }: CardProps & { readonly state: State | undefined }) {
  const board = useBoard()
  const sessions = board.sessions?.filter(
    (session) => matches(session, args) && (state === undefined || hasStatus(session, state === 'person' ? 'attention' : state)),
  )
  // With equal times in any order.
  if (args.order === 'oldest') sessions?.sort((a, b) => (a.started_at < b.started_at ? -1 : 1))
  return (
    <SessionList title={titleOf(state, args)} sessions={sessions} error={board.error} onRetry={board.refetch} state={state} onAsk={onAsk} />
  )
}

function EndedSessions({ state, arguments: args, onAsk }: CardProps & { readonly state: 'failed' | 'completed' }) {
  const list = useSessionList({
    status: [state],
    machine_id: textOf(args, 'machine'),
    project_id: textOf(args, 'project'),
    limit: MAX_ENDED,
  })
  return (
    <SessionList title={titleOf(state, args)} sessions={list.data} error={list.error} onRetry={list.refetch} state={state} onAsk={onAsk} />
  )
}

function matches(session: BoardSession, args: CardProps['arguments']): boolean {
  const [project, machine] = [textOf(args, 'project'), textOf(args, 'machine')]
  return (machine === undefined || session.machine_id === machine) && (project === undefined || isOfProject(session, project))
}

const titleOf = (state: State | undefined, args: CardProps['arguments']) =>
  t.sessionsOf(state === undefined ? t.sessions : t.sessionStates[state], formatFilters(args))

interface SessionListProps {
  readonly title: string
  readonly sessions: readonly BoardSession[] | undefined
  readonly error: Error | null
  readonly onRetry: () => void
  readonly state: State | undefined
  readonly onAsk: (question: string) => void
}

function SessionList({ title, sessions, error, onRetry, state, onAsk }: SessionListProps) {
  const status: SessionSearch['status'] = state === 'person' ? 'attention' : state
  return (
    <Panel title={title} className="ask-card ask-sessions">
      {error !== null && sessions === undefined && <ProblemNote {...toProblem(error)} onRetry={onRetry} />}
      {sessions === undefined ? (
        error === null && <Skeleton height={120} label={t.loading} />
      ) : sessions.length === 0 ? (
        <>
          <p className="muted">{t.noneMatch}</p>
          {state !== 'active' && (
            <p>
              <Button onClick={() => onAsk(askQuestions.whichRun)} lang="en">
                {askQuestions.whichRun}
              </Button>
            </p>
          )}
        </>
      ) : (
        <CardRows sessions={sessions} />
      )}
      <p className="small">
        <Link to="/sessions" search={status === undefined ? {} : { status }}>
          {t.openSessions}
        </Link>
      </p>
    </Panel>
  )
}

/** Rows of sessions as on the board, with their actions. */
function CardRows({ sessions }: { readonly sessions: readonly BoardSession[] }) {
  const board = useBoard()
  const { projectNames } = useProjectNames(sessions)
  return (
    <div className="machine" data-controls>
      <SessionRows
        live={sessions.filter(({ completed_at }) => completed_at === undefined)}
        ended={sessions.filter(({ completed_at }) => completed_at !== undefined)}
        board={{ projectNames, taskNames: board.taskNames }}
        place={t.place}
        controls={controls}
        unseenReason={({ machine_id }) => formatUnseenReason(machine_id, board.machines.get(machine_id)?.collector)}
      />
    </div>
  )
}

/** One session: how it is, and what was asked about it. */
export function SessionCard({ arguments: args, onAsk }: CardProps) {
  const id = textOf(args, 'session') ?? ''
  const session = useSession(id)
  const names = useProjectNames(session.data === undefined ? undefined : [session.data])
  const about = textOf(args, 'about')
  const { data } = session
  if (data === undefined) {
    return session.error === null ? (
      <Skeleton height={120} label={t.loading} />
    ) : (
      <ProblemNote {...toProblem(session.error)} onRetry={() => session.refetch()} />
    )
  }
  return (
    <>
      <Panel title={names.projectNames.get(data.project_id) ?? data.project_id} className="ask-card ask-sessions">
        <CardRows sessions={[data]} />
        <p className="small">
          <Link to="/sessions/$id" params={{ id }}>
            {t.openSession}
          </Link>
        </p>
      </Panel>
      {about === 'tasks' ? (
        <TasksPanel session={data} />
      ) : about === 'timeline' ? (
        <TimelinePanel session={data} />
      ) : about === 'cost' ? (
        <UsageCard arguments={{ range: 'all', session: id, group: 'model' }} onAsk={onAsk} />
      ) : (
        <HealthPanel session={data} />
      )}
    </>
  )
}
