import type { BoardSession } from '../../hub/answer.ts'
import { useQuestions } from '../../hub/questions.ts'
import { QuestionCard } from '../../questions/question-card.tsx'
import { shownQuestions } from '../../questions/question-text.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useNow } from '../../ui/use-now.ts'
import { t } from '../../words/session-actions.ts'
import '../../questions/questions.css'

interface AnswerDialogProps {
  readonly session: BoardSession
  readonly name: string
  readonly onClose: () => void
}

/** What a session asks, with the buttons that answer it. */
export function AnswerDialog({ session, name, onClose }: AnswerDialogProps) {
  const now = useNow(5_000)
  const shown = shownQuestions(useQuestions() ?? [], now, session.session_id)
  return (
    <Dialog onClose={onClose} title={t.answer(name)}>
      <div className="questions">
        {shown.length === 0 ? (
          <p className="muted">{t.itAsksNothingAny}</p>
        ) : (
          shown.map((question) => <QuestionCard key={question.question_id} question={question} withSession={false} />)
        )}
      </div>
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.close}</Button>
      </div>
    </Dialog>
  )
}
