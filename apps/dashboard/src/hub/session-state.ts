export { needsAttention, type SessionState, toSessionState } from '@signalbox/client/session-state'
