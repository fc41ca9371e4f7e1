import { channelFields as english } from '@signalbox/contract/channel-field'
import { isGerman } from './language.ts'
import { translateChannelFields } from './translate-channel-fields.ts'

/** The fields of channels, in the language of the page. */
export const channelFields = isGerman
  ? translateChannelFields((await import('./de/packages/channel-fields.ts')).channelFieldWords)
  : english
