import { useQuestions } from '../hub/questions.ts'
import { Panel } from '../ui/panel.tsx'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/questions.ts'
import { QuestionCard } from './question-card.tsx'
import { shownQuestions } from './question-text.ts'
import './questions.css'

/** What sessions ask and this browser may answer: of one session, or of all. Nothing is shown while none asks. */
export function QuestionsPanel({ session }: { readonly session?: string }) {
  const questions = useQuestions()
  const now = useNow(5_000)
  const shown = shownQuestions(questions ?? [], now, session)
  const open = shown.filter(({ state }) => state === 'open').length
  return (
    <>
      <p className="visually-hidden" role="status">
        {open > 0 && t.questionsToAnswer(open)}
      </p>
      {shown.length > 0 && (
        <Panel title={t.toAnswer} className="questions">
          {shown.map((question) => (
            <QuestionCard key={question.question_id} question={question} withSession={session === undefined} />
          ))}
        </Panel>
      )}
    </>
  )
}
