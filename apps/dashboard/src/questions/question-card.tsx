import { folderNames } from '@signalbox/usage/project-name'
import { useId } from 'react'
import type { AskedQuestion } from '../hub/question.ts'
import { Link } from '../router/link.tsx'
import { Age } from '../sessions/heartbeat-age.tsx'
import { t } from '../words/questions.ts'
import { AnswerForm } from './answer-form.tsx'
import { settledText, titleOf } from './question-text.ts'

interface QuestionCardProps {
  readonly question: AskedQuestion
  /** Names the session, with a link to it. */
  readonly withSession: boolean
}

/** What a session asks, whole, with the buttons that answer it; or what became of it. */
export function QuestionCard({ question, withSession }: QuestionCardProps) {
  const id = useId()
  const { content, session_id, machine_id, project_id, agent_type, asked_at } = question
  const settled = settledText(question)
  return (
    <article className="question" aria-labelledby={id} data-state={question.state}>
      <header>
        <h3 id={id}>{titleOf(question)}</h3>
        <p className="small muted">
          {t.ago(
            withSession &&
              t.sessionOnMachine(
                <Link to="/sessions/$id" params={{ id: session_id }}>
                  {project_id === undefined ? t.session(session_id.slice(0, 8)) : (folderNames([project_id])[0] ?? project_id)}
                </Link>,
                machine_id,
              ),
            agent_type !== undefined && t.subagent(agent_type),
            <Age at={asked_at} />,
          )}
        </p>
      </header>
      {content?.details.map(({ name, text, cut }) => (
        <section key={name} className="question-detail" aria-label={name}>
          <p className="overline">{name}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long texts are scrolled with the keyboard too */}
          <pre tabIndex={0}>{text}</pre>
          {cut !== undefined && <p className="small muted">{t.moreCharactersSeeTerminal(cut)}</p>}
        </section>
      ))}
      {settled === undefined && <AnswerForm question={question} />}
      <p className="question-settled" role="status">
        {settled}
      </p>
    </article>
  )
}
