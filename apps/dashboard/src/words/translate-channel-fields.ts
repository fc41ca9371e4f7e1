import { type ChannelField, channelFields } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'

/** What a person reads of each field of a kind of channel. `without` is there where it is a sentence and not a choice. */
export type ChannelFieldWords = Readonly<
  Record<ChannelKindName, Readonly<Record<string, Pick<ChannelField, 'label' | 'help'> & { readonly without?: string }>>>
>

/** The fields of channels with other words. */
export function translateChannelFields(words: ChannelFieldWords): typeof channelFields {
  const translate = ([kind, fields]: readonly [string, readonly ChannelField[]]) => [
    kind,
    fields.map((field) => ({ ...field, ...words[kind as ChannelKindName][field.name] })),
  ]
  return Object.fromEntries(Object.entries(channelFields).map(translate))
}
