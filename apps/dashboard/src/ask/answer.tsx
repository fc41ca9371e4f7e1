import type { BoardSession, TurnAnswer } from '../hub/answer.ts'
import { useSession } from '../hub/session.ts'
import { Link } from '../router/link.tsx'
import { detailOf } from '../sessions/session-title.ts'
import { StateMark } from '../sessions/state-mark.tsx'
import { useBoard, useProjectNames } from '../sessions/use-board.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { t } from '../words/ask.ts'
import { askQuestions } from '../words/ask-questions.ts'
import { cardOf } from './card-list.tsx'
import { PinButton } from './pin-button.tsx'
import { Proposal } from './proposal.tsx'
import type { ThreadTurn } from './thread.ts'

interface AnswerProps {
  readonly turn: ThreadTurn
  readonly onAsk: (question: string) => void
  readonly onChoose: (sessionId: string) => void
}

/** What became of a question; each state has a way on. */
export function Answer({ turn: { question, answer, problem }, onAsk, onChoose }: AnswerProps) {
  if (problem?.offline) return <ProblemNote message={t.notSent} onRetry={() => onAsk(question)} />
  if (problem?.isForbidden) {
    return (
      <p>
        {t.keyMayNotRead(
          <Link to="/settings" hash="account">
            {t.screenNames.settings}
          </Link>,
        )}
      </p>
    )
  }
  if (problem !== undefined) return <ProblemNote {...problem} onRetry={() => onAsk(question)} />
  if (answer === undefined) return <Skeleton height={64} label={t.asking} />
  if (answer.call === null) return <NotUnderstood answer={answer} onAsk={onAsk} />
  return (
    <>
      {answer.unknown.length > 0 && <p className="small muted">{t.leftOut(answer.unknown.join(', '))}</p>}
      <Understood question={question} answer={answer} call={answer.call} onAsk={onAsk} onChoose={onChoose} />
    </>
  )
}

function NotUnderstood({ answer: { unknown, suggestions }, onAsk }: { readonly answer: TurnAnswer; readonly onAsk: AnswerProps['onAsk'] }) {
  return (
    <>
      <p>
        {t.notUnderstood}
        {unknown.length > 0 && ` ${t.meansNothingHere(unknown.slice(0, 3).join(', '), Math.min(3, unknown.length))}`}
      </p>
      <p className="small muted">{t.didYouMean}</p>
      <Suggestions questions={suggestions} onAsk={onAsk} />
    </>
  )
}

/** Questions as buttons. */
export function Suggestions({ questions, onAsk }: { readonly questions: readonly string[]; readonly onAsk: (question: string) => void }) {
  return (
    <ul className="ask-suggestions" aria-label={t.suggestions} lang="en">
      {questions.map((question) => (
        <li key={question}>
          <Button onClick={() => onAsk(question)}>{question}</Button>
        </li>
      ))}
    </ul>
  )
}

interface UnderstoodProps extends Omit<AnswerProps, 'turn'> {
  readonly question: string
  readonly answer: TurnAnswer
  readonly call: NonNullable<TurnAnswer['call']>
}

function Understood({ question, answer, call, onAsk, onChoose }: UnderstoodProps) {
  const { session_ids: ids } = answer
  if (ids !== undefined && ids.length !== 1) {
    return ids.length === 0 ? (
      <>
        <p>{t.noSuchSession}</p>
        <Suggestions questions={[askQuestions.whichRun]} onAsk={onAsk} />
      </>
    ) : (
      <Choices ids={ids} onChoose={onChoose} />
    )
  }
  const exact = ids?.[0] === undefined ? call : { ...call, arguments: { ...call.arguments, session: ids[0] } }
  if (call.tool === 'alert_set') {
    return (
      <p>
        {t.rulesAreOn(
          <Link to="/settings" hash="rules">
            {t.alertRules}
          </Link>,
        )}
      </p>
    )
  }
  if (answer.is_action) return <Proposal call={exact} until={answer.until} />
  const to = String(call.arguments.to)
  if (call.tool === 'navigate') return <p>{t.openedScreen((t.screenNames as Readonly<Record<string, string>>)[to] ?? to)}</p>
  if (call.tool === 'look_set') return <p>{t.themeChosen}</p>
  if (call.tool === 'help') return <p>{(t.help as Readonly<Record<string, string>>)[String(call.arguments.topic)] ?? t.cannotTerm}</p>
  const Card = cardOf(call)
  if (Card === undefined) return <p className="muted">{t.unknownCard}</p>
  return (
    <>
      <Card arguments={exact.arguments} onAsk={onAsk} />
      <PinButton pin={{ question, tool: exact.tool, arguments: exact.arguments }} />
    </>
  )
}

function Choices({ ids, onChoose }: { readonly ids: readonly string[]; readonly onChoose: (sessionId: string) => void }) {
  const board = useBoard()
  return (
    <>
      <p>{t.severalSessions(ids.length)}</p>
      <ul className="ask-choices">
        {ids.map((id) => {
          const known = board.sessions?.find(({ session_id }) => session_id === id)
          return (
            <li key={id}>
              {known === undefined ? <FetchedChoice id={id} onChoose={onChoose} /> : <Choice session={known} onChoose={onChoose} />}
            </li>
          )
        })}
      </ul>
    </>
  )
}

function FetchedChoice({ id, onChoose }: { readonly id: string; readonly onChoose: (sessionId: string) => void }) {
  const session = useSession(id)
  return session.data === undefined ? <Skeleton height={40} label={t.loading} /> : <Choice session={session.data} onChoose={onChoose} />
}

function Choice({ session, onChoose }: { readonly session: BoardSession; readonly onChoose: (sessionId: string) => void }) {
  const { taskNames } = useBoard()
  const names = useProjectNames([session])
  const project = names.projectNames.get(session.project_id) ?? session.project_id
  const detail = detailOf(session, { taskNames }) || session.session_id.slice(0, 8)
  return (
    <Button onClick={() => onChoose(session.session_id)}>
      <StateMark session={session} />
      <span className="breakable">
        {t.sessionOnMachine(project, session.machine_id)} · {detail}
      </span>
    </Button>
  )
}
