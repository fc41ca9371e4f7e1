import { useId } from 'react'
import type { Channel } from '../../hub/answer.ts'
import { t } from '../../words/rules.ts'
import type { RuleChannels } from './rule-form.ts'

interface ChannelPickerProps {
  readonly legend: string
  readonly value: RuleChannels
  readonly channels: readonly Channel[]
  /** What it means to choose none. */
  readonly none?: string
  readonly onChange: (value: RuleChannels) => void
}

/** All channels, also those that come later, or some, or none. */
export function ChannelPicker({ legend, value, channels, none, onChange }: ChannelPickerProps) {
  const id = useId()
  const chosen = value === 'all' ? [] : value
  return (
    <fieldset className="channel-picker">
      <legend>{legend}</legend>
      <label className="check-line">
        <input type="radio" name={id} checked={value === 'all'} onChange={() => onChange('all')} />
        {t.allChannelsAlsoThose}
      </label>
      <label className="check-line">
        <input type="radio" name={id} checked={value !== 'all'} onChange={() => onChange([])} />
        {channels.length === 0 ? t.none : t.onlyThese}
        {none !== undefined && `; ${none}`}
      </label>
      {value !== 'all' && channels.length > 0 && (
        <div className="channel-picker-some">
          {channels.map(({ channel_id, name }) => (
            <label key={channel_id} className="check-line">
              <input
                type="checkbox"
                checked={chosen.includes(channel_id)}
                onChange={(event) => onChange(event.target.checked ? [...chosen, channel_id] : chosen.filter((one) => one !== channel_id))}
              />
              <span className="breakable">{name}</span>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  )
}
