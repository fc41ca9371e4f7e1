import { folderNames } from '@signalbox/usage/project-name'
import { Suspense, useCallback } from 'react'
import { HeldNote } from '../budgets/held-note.tsx'
import type { BoardSession, SessionCheck } from '../hub/answer.ts'
import { formatUnseenReason } from '../hub/collector-state.ts'
import { useMachines } from '../hub/machine.ts'
import { useMayAnswer } from '../hub/may-answer.ts'
import { toProblem } from '../hub/problem.ts'
import { useSession } from '../hub/session.ts'
import { isLive } from '../hub/session-state.ts'
import { hasNothing, useUsageCheck } from '../hub/usage-check.ts'
import { Link } from '../router/link.tsx'
import { useParams } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Icon } from '../ui/icon.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/session.ts'
import { SessionControlsProvider } from './actions/session-controls.tsx'
import { formatSessionName } from './claude-facts.ts'
import { ClaudePanel } from './claude-panel.tsx'
import { ClaudeTasksPanel } from './claude-tasks-panel.tsx'
import { HealthPanel } from './health-panel.tsx'
import { RawPanel } from './raw-panel.tsx'
import { SessionActions } from './session-actions.tsx'
import { SessionDetails } from './session-details.tsx'
import { SessionFigures } from './session-figures.tsx'
import { toSessionState } from './session-state.ts'
import { SourcesPanel } from './sources-panel.tsx'
import { StateMark } from './state-mark.tsx'
import { StateSince } from './state-since.tsx'
import { SubagentsPanel } from './subagents-panel.tsx'
import { TasksPanel } from './tasks-panel.tsx'
import { TimelinePanel } from './timeline-panel.tsx'
import './session.css'

/** Only those who may answer see it. */
const QuestionsPanel = lazyPart(() => import('../questions/questions-panel.tsx').then((file) => ({ default: file.QuestionsPanel })))

// Most people come for the state of a session.
const VerificationPanel = lazyPart(() => import('./verification-panel.tsx').then((file) => ({ default: file.VerificationPanel })))
const ReportedSession = lazyPart(() => import('./reported-session.tsx').then((file) => ({ default: file.ReportedSession })))

/** One session: its state, what can be done with it, tasks, health, details and history. */
export function SessionScreen() {
  const nameOf = useCallback(
    ({ project_id, claude_code }: BoardSession) => claude_code?.name ?? folderNames([project_id])[0] ?? project_id,
    [],
  )
  return (
    <SessionControlsProvider nameOf={nameOf}>
      <Screen />
    </SessionControlsProvider>
  )
}

function Screen() {
  const { id } = useParams({ from: '/sessions/$id' })
  const query = useSession(id)
  const session = query.data
  const problem = query.error === null ? undefined : toProblem(query.error)
  const machines = useMachines()
  const check = useUsageCheck(id, { enabled: problem?.notFound === true }).data
  const reported = session !== undefined || check === undefined || hasNothing(check) ? undefined : check
  const mayAnswer = useMayAnswer()
  const claude = session?.claude_code
  const project = session === undefined ? nameReported(reported) : (folderNames([session.project_id])[0] ?? session.project_id)
  const name = claude?.name ?? project

  return (
    <div className="screen one-session">
      <ScreenTitle name={t.sessions(name)} />
      <header className="screen-head">
        <div>
          <p className="session-back">
            <Link to="/sessions">
              <Icon name="left" size={14} /> {t.backToSessions}
            </Link>
          </p>
          <h1 title={session?.project_id}>{name}</h1>
          {session !== undefined && (
            <p className="session-now">
              <StateMark session={session} />
              <StateSince session={session} />
              {toSessionState(session) === 'unseen' && (
                <span className="muted">({formatUnseenReason(session.machine_id, machines.data?.get(session.machine_id)?.collector)})</span>
              )}
              <span className="muted">
                {t.whereItRuns(
                  claude !== undefined && `${claude.name === undefined ? formatSessionName(session) : project} `,
                  <Link to="/sessions" search={{ machine: session.machine_id }}>
                    {session.machine_id}
                  </Link>,
                  session.docker_slot !== undefined && t.slot(session.docker_slot),
                )}
              </span>
            </p>
          )}
        </div>
        {session !== undefined && <SessionActions session={session} />}
      </header>
      {reported !== undefined && (
        <Suspense fallback={<Skeleton height={420} label={t.loadingSession} />}>
          <ReportedSession check={reported} />
        </Suspense>
      )}
      {reported === undefined && problem !== undefined && !(problem.offline && session !== undefined) && (
        <ProblemNote {...problem} {...(problem.notFound === true ? { suggestion: t.sessionIsGone } : {})} onRetry={() => query.refetch()} />
      )}
      {mayAnswer && (
        <Suspense fallback={null}>
          <QuestionsPanel session={id} />
        </Suspense>
      )}
      <HeldNote session={id} />
      {session !== undefined && <SessionFigures session={session} />}
      {session === undefined ? (
        problem === undefined && <Skeleton height={420} label={t.loadingSession} />
      ) : (
        <div className="session-board dims">
          <div className="session-main">
            <TasksPanel session={session} />
            {claude !== undefined && (
              <>
                <ClaudeTasksPanel tasks={claude.tasks} />
                <SubagentsPanel claude={claude} ended={!isLive(session)} />
              </>
            )}
            {claude !== undefined && <SourcesPanel session={session} />}
            <Suspense fallback={null}>
              <VerificationPanel session={session.session_id} />
            </Suspense>
            <TimelinePanel session={session} />
          </div>
          <div className="session-side">
            <HealthPanel session={session} />
            {claude !== undefined && <ClaudePanel session={session} claude={claude} />}
            <SessionDetails session={session} />
            <RawPanel session={session} />
          </div>
        </div>
      )}
    </div>
  )
}

function nameReported(check: SessionCheck | undefined): string {
  return check === undefined || check.project === '' ? t.session : (folderNames([check.project])[0] ?? check.project)
}
