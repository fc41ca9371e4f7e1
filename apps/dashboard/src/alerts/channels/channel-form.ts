import { channelFieldProblems, channelFields, channelFieldValue } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Channel } from '../../hub/answer.ts'
import { t } from '../../words/channels.ts'

export type QuietHours = Channel['quiet_hours'][number]
export type Weekday = NonNullable<QuietHours['days']>[number]

/** What a person types to set up a channel. */
export interface ChannelForm {
  readonly name: string
  /** By the name of the field. */
  readonly texts: Readonly<Record<string, string>>
  readonly quietHours: readonly QuietHours[]
  readonly letsThrough: Channel['lets_through']
  readonly actionLinks: boolean
  readonly enabled: boolean
}

export const emptyChannelForm: ChannelForm = {
  name: '',
  texts: {},
  quietHours: [],
  letsThrough: 'critical',
  actionLinks: false,
  enabled: true,
}

/** A channel as it can be changed. Secrets are empty: an empty one stays as it is. */
export function toChannelForm({ kind, name, config, quiet_hours, lets_through, action_links, state }: Channel): ChannelForm {
  const texts = channelFields[kind]
    .filter((field) => !field.secret && config[field.name] !== undefined)
    .map((field) => [field.name, toText(config[field.name])])
  return {
    name,
    texts: Object.fromEntries(texts),
    quietHours: quiet_hours,
    letsThrough: lets_through,
    actionLinks: action_links,
    enabled: state !== 'off',
  }
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** The configuration that was typed, without what is empty. */
export function toChannelConfig(kind: ChannelKindName, { texts }: ChannelForm): Record<string, unknown> {
  const values = channelFields[kind].map((field) => [field.name, channelFieldValue(field, texts[field.name] ?? '')] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** The names of the fields that need a value. A secret of a channel that is saved needs none. */
export function missingFields(kind: ChannelKindName, { texts }: ChannelForm, saved: Channel | undefined): string[] {
  return channelFields[kind]
    .filter(({ required, secret, name }) => required && !(secret && saved !== undefined) && (texts[name] ?? '').trim() === '')
    .map(({ name }) => name)
}

/** What the hub says is wrong, as a sentence at each field; none where the error is not about fields alone. */
export function fieldProblems(
  kind: ChannelKindName,
  details: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    channelFieldProblems(kind, details).map(({ field, message }) => {
      const sentence = /^(must|needs) /.test(message) ? t.it(message) : `${message.charAt(0).toUpperCase()}${message.slice(1)}`
      return [field.name, `${sentence}.`]
    }),
  )
}
