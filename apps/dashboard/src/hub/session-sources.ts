/** What sources report about sessions, in words, and waiting times; shared with the command line. */
export {
  believedSources,
  describeSource,
  formatPermissionMode,
  formatSource,
  isFromTranscriptOnly,
  MORE_THAN_TRANSCRIPT,
} from '@signalbox/client/session-sources'
export { findWaits, sumWaits, toObservedKind, type Wait } from '@signalbox/client/waiting-time'
