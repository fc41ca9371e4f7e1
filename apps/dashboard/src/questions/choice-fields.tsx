import type { Answer, QuestionContent } from '../hub/question.ts'
import { t } from '../words/questions.ts'
import '../ui/field.css'

type Choice = QuestionContent['choices'][number]

/** What is chosen for one question of the model. */
export interface Chosen {
  readonly selected: readonly number[]
  readonly text: string
}

export const nothingChosen: Chosen = { selected: [], text: '' }

/** Whether every question has an answer. */
export function isComplete(chosen: readonly Chosen[]): boolean {
  return chosen.every(({ selected, text }) => selected.length > 0 || text.trim() !== '')
}

export function toChosen(chosen: readonly Chosen[]): NonNullable<Answer['chosen']> {
  return chosen.map(({ selected, text }) => ({ selected: [...selected], ...(text.trim() === '' ? {} : { text: text.trim() }) }))
}

interface ChoiceFieldsProps {
  readonly id: string
  readonly choice: Choice
  readonly chosen: Chosen
  readonly onChange: (chosen: Chosen) => void
}

/** One question of the model: its options, and a field for other words. */
export function ChoiceFields({ id, choice: { question, header, several, options }, chosen, onChange }: ChoiceFieldsProps) {
  const toggle = (place: number, on: boolean) => {
    if (!several) return onChange({ selected: [place], text: '' })
    const others = chosen.selected.filter((other) => other !== place)
    onChange({ ...chosen, selected: on ? [...others, place].sort((a, b) => a - b) : others })
  }
  return (
    <fieldset className="question-choice">
      <legend>
        {header !== undefined && <span className="overline">{header}</span>} {question}
      </legend>
      {options.map(({ label, description }, place) => (
        <label key={label} className="question-option">
          <input
            type={several ? 'checkbox' : 'radio'}
            name={id}
            checked={chosen.selected.includes(place)}
            onChange={(event) => toggle(place, event.target.checked)}
          />
          <span>
            <b>{label}</b>
            {description !== undefined && <span className="muted small"> {description}</span>}
          </span>
        </label>
      ))}
      <div className="field">
        <label htmlFor={`${id}-text`} className="small">
          {t.orInYourOwn}
        </label>
        <input
          id={`${id}-text`}
          className="input"
          maxLength={2000}
          autoComplete="off"
          value={chosen.text}
          onChange={(event) => onChange({ selected: several ? chosen.selected : [], text: event.target.value })}
        />
      </div>
    </fieldset>
  )
}
