export {
  actionStatuses,
  isLive,
  isOnBoard,
  needsAttention,
  type SessionState,
  stateSince,
  toSessionState,
} from '@signalbox/client/session-state'
