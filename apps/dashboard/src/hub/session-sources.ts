import * as client from '@signalbox/client/session-sources'
import { isGerman } from '../words/language.ts'

/** What sources report about sessions, in words, and waiting times; shared with the command line, which speaks English. */
export { believedSources, isFromTranscriptOnly } from '@signalbox/client/session-sources'
export { findWaits, sumWaits, toObservedKind, type Wait } from '@signalbox/client/waiting-time'

const german = isGerman ? await import('../words/de/packages/session-sources.ts') : undefined

export const formatSource = (source: string) => client.formatSource(source, german?.sessionSourceWords)
export const describeSource = (source: string) => client.describeSource(source, german?.sessionSourceWords)
export const formatPermissionMode = (mode: string) => client.formatPermissionMode(mode, german?.sessionSourceWords)
export const moreThanTranscript = german?.moreThanTranscript ?? client.MORE_THAN_TRANSCRIPT
