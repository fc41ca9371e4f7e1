import { openAsk } from '../ask/asked.ts'
import { Icon } from '../ui/icon.tsx'
import { t } from '../words/today.ts'
import './ask-line.css'

/** A line for a question, which the panel answers. */
export function AskLine() {
  return (
    <form
      className="ask-line"
      onSubmit={(event) => {
        event.preventDefault()
        const question = String(new FormData(event.currentTarget).get('question')).trim()
        event.currentTarget.reset()
        openAsk(question === '' ? undefined : question)
      }}
    >
      <Icon name="ask" />
      <input name="question" aria-label={t.askQuestion} placeholder={t.askPlaceholder} maxLength={500} autoComplete="off" lang="en" />
    </form>
  )
}
