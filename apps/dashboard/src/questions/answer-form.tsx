import { type FormEvent, useId, useState } from 'react'
import { toProblem } from '../hub/problem.ts'
import { type AskedQuestion, useAnswerQuestion } from '../hub/question.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { t } from '../words/questions.ts'
import { ChoiceFields, isComplete, nothingChosen, toChosen } from './choice-fields.tsx'

/** The buttons of an open question: allow, allow always, deny with a word, or the options of the model. */
export function AnswerForm({ question }: { readonly question: AskedQuestion }) {
  const id = useId()
  const { kind, content } = question
  const choices = content?.choices ?? []
  const answer = useAnswerQuestion(question)
  const [message, setMessage] = useState('')
  const [chosen, setChosen] = useState(() => choices.map(() => nothingChosen))
  if (content === undefined) return <p className="muted">{t.whatIsAskedIs}</p>

  const deny = (event?: FormEvent) => {
    event?.preventDefault()
    answer.mutate({ decision: 'deny', ...(message.trim() === '' ? {} : { message: message.trim() }) })
  }
  // Once sent, an answer counts or another one did: a second press must not send it again.
  const sent = answer.isPending || answer.isSuccess
  return (
    <div className="answer-form">
      {choices.map((choice, index) => (
        <ChoiceFields
          // The list of a question never changes.
          // biome-ignore lint/suspicious/noArrayIndexKey: questions of a model may be equal
          key={index}
          id={`${id}-${index}`}
          choice={choice}
          chosen={chosen[index] ?? nothingChosen}
          onChange={(next) => setChosen(chosen.with(index, next))}
        />
      ))}
      <div className="answer-allow">
        {choices.length > 0 ? (
          <Button
            variant="primary"
            disabled={sent || !isComplete(chosen)}
            onClick={() => answer.mutate({ decision: 'allow', chosen: toChosen(chosen) })}
          >
            {t.sendAnswer}
          </Button>
        ) : (
          <Button variant="primary" disabled={sent} onClick={() => answer.mutate({ decision: 'allow' })}>
            {kind === 'plan' ? t.approve : t.allow}
          </Button>
        )}
        {content.suggestions.length > 0 && (
          <Button disabled={sent} aria-describedby={`${id}-always`} onClick={() => answer.mutate({ decision: 'allow_always' })}>
            {kind === 'plan' ? t.approveAndMore : t.allowAlways}
          </Button>
        )}
      </div>
      {content.suggestions.length > 0 && (
        <p className="small muted breakable" id={`${id}-always`}>
          {t.always(content.suggestions.join('; '))}
        </p>
      )}
      <form className="answer-deny" onSubmit={deny}>
        <label className="visually-hidden" htmlFor={`${id}-message`}>
          {t.whatToDoInstead}
        </label>
        <input
          id={`${id}-message`}
          className="input"
          maxLength={2000}
          autoComplete="off"
          placeholder={t.whatToDoInsteadOptional}
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
        <Button variant="danger" type="submit" disabled={sent}>
          {kind === 'plan' ? t.keepPlanning : t.deny}
        </Button>
      </form>
      {answer.error !== null && <ProblemNote {...toProblem(answer.error)} />}
    </div>
  )
}
