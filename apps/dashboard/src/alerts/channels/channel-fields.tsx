import type { ChannelField } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import { useId } from 'react'
import type { Channel } from '../../hub/answer.ts'
import { channelFields } from '../../words/channel-fields.ts'
import { t } from '../../words/channels.ts'
import type { ChannelForm } from './channel-form.ts'

interface ChannelFieldsProps {
  readonly kind: ChannelKindName
  readonly form: ChannelForm
  readonly change: (part: Partial<ChannelForm>) => void
  /** The channel that is changed; undefined for a new one. */
  readonly saved: Channel | undefined
  /** What is wrong, by the name of the field. */
  readonly problems: Readonly<Record<string, string>>
}

/** The fields of a kind of channel, those that are needed first. */
export function ChannelFields({ kind, form, change, saved, problems }: ChannelFieldsProps) {
  const { texts } = form
  const needed = channelFields[kind].filter(({ required }) => required)
  const others = channelFields[kind].filter(({ required }) => !required)
  const show = (field: ChannelField) => (
    <TypedField
      key={field.name}
      field={field}
      text={texts[field.name] ?? ''}
      problem={problems[field.name]}
      shown={saved === undefined ? undefined : saved.config[field.name]}
      onChange={(text) => change({ texts: { ...texts, [field.name]: text } })}
    />
  )
  const isSet = others.some(({ name }) => (texts[name] ?? '') !== '' || problems[name] !== undefined)
  return (
    <>
      {needed.map(show)}
      {others.length > 0 &&
        (needed.length === 0 ? (
          others.map(show)
        ) : (
          <details className="more-fields" open={isSet}>
            <summary>{t.moreSettings}</summary>
            {others.map(show)}
          </details>
        ))}
    </>
  )
}

interface TypedFieldProps {
  readonly field: ChannelField
  readonly text: string
  readonly problem: string | undefined
  /** The value of the saved channel, without its secret part. */
  readonly shown: unknown
  readonly onChange: (text: string) => void
}

function TypedField({ field, text, problem, shown, onChange }: TypedFieldProps) {
  const id = useId()
  const { label, help, example, type, required, secret, choices = [], without } = field
  const isKept = secret && shown !== undefined
  const common = {
    id,
    className: 'input',
    value: text,
    required: required && !isKept,
    'aria-describedby': problem === undefined ? `${id}-help` : `${id}-problem`,
    'aria-invalid': problem === undefined ? undefined : true,
  }
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {!required && <span className="muted">{t.optional}</span>}
      </label>
      {type === 'choice' || type === 'yes_no' ? (
        <select {...common} onChange={(event) => onChange(event.target.value)}>
          {!required && <option value="">{without === undefined ? t.notSet : (t.choices[without] ?? without)}</option>}
          {(type === 'yes_no' ? ['yes', 'no'] : choices)
            .filter((choice) => required || choice !== without)
            .map((choice) => (
              <option key={choice} value={choice}>
                {t.choices[choice] ?? choice}
              </option>
            ))}
        </select>
      ) : (
        <input
          {...common}
          // A password manager would fill in its own.
          autoComplete={secret ? 'new-password' : 'off'}
          type={secret && type !== 'address' && type !== 'list' ? 'password' : 'text'}
          inputMode={type === 'seconds' ? 'numeric' : type === 'address' ? 'url' : undefined}
          spellCheck={false}
          placeholder={isKept ? t.staysAsItIs(String(shown)) : example}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {problem === undefined ? (
        <p className="small muted" id={`${id}-help`}>
          {help}
          {without !== undefined && type !== 'choice' && type !== 'yes_no' && t.withoutIt(without)}
        </p>
      ) : (
        <p className="small field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
