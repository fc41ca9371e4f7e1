import { type FormEvent, useId, useState } from 'react'
import { toProblem } from '../hub/problem.ts'
import { type AskedQuestion, useAnswerQuestion } from '../hub/question.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { ChoiceFields, isComplete, nothingChosen, toChosen } from './choice-fields.tsx'

/** The buttons of an open question: allow, allow always, deny with a word, or the options of the model. */
export function AnswerForm({ question }: { readonly question: AskedQuestion }) {
  const id = useId()
  const { kind, content } = question
  const choices = content?.choices ?? []
  const answer = useAnswerQuestion(question)
  const [message, setMessage] = useState('')
  const [chosen, setChosen] = useState(() => choices.map(() => nothingChosen))
  if (content === undefined) return <p className="muted">What is asked is not known here: answer it in the terminal.</p>

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
            Send answer
          </Button>
        ) : (
          <Button variant="primary" disabled={sent} onClick={() => answer.mutate({ decision: 'allow' })}>
            {kind === 'plan' ? 'Approve' : 'Allow'}
          </Button>
        )}
        {content.suggestions.length > 0 && (
          <Button disabled={sent} aria-describedby={`${id}-always`} onClick={() => answer.mutate({ decision: 'allow_always' })}>
            {kind === 'plan' ? 'Approve, and more' : 'Allow always'}
          </Button>
        )}
      </div>
      {content.suggestions.length > 0 && (
        <p className="small muted breakable" id={`${id}-always`}>
          Always: {content.suggestions.join('; ')}
        </p>
      )}
      <form className="answer-deny" onSubmit={deny}>
        <label className="visually-hidden" htmlFor={`${id}-message`}>
          What to do instead
        </label>
        <input
          id={`${id}-message`}
          className="input"
          maxLength={2000}
          autoComplete="off"
          placeholder="What to do instead (optional)"
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
        <Button variant="danger" type="submit" disabled={sent}>
          {kind === 'plan' ? 'Keep planning' : 'Deny'}
        </Button>
      </form>
      {answer.error !== null && <ProblemNote {...toProblem(answer.error)} />}
    </div>
  )
}
